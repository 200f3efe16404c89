-- Social posts with the audience of their account when they were published, and what the platform tells was seen.
create view social_pieces as
select
    piece.ugc_key,
    piece.external_id,
    piece.repost_of_post_id,
    piece.author_identity_key as account_key,
    piece.platform_or_site as platform,
    piece.ugc_kind,
    piece.published_on,
    coalesce(account.tier, 'unknown') as tier,
    cast(
        coalesce(piece.followers_count, piece.followers_first_seen_after_count, account.followers_count) as double
    ) as followers,
    cast(coalesce(piece.reach_count, piece.views_count) as double) as reported,
    piece.reach_count,
    piece.impressions_count,
    piece.shares_count,
    case
        when
            coalesce(piece.likes_count, piece.comments_count, piece.shares_count, piece.saves_count) is not null
            then
                coalesce(piece.likes_count, 0) + coalesce(piece.comments_count, 0)
                + coalesce(piece.shares_count, 0) + coalesce(piece.saves_count, 0)
    end as engagements,
    piece.ugc_key in (
        select moment.ugc_key
        from marts.fct_moments as moment
        where not moment.is_unsure and moment.polarity = 'negative'
    ) as is_bad,
    piece.ugc_key in (
        select moment.ugc_key
        from marts.fct_moments as moment
        where not moment.is_unsure and moment.polarity = 'positive'
    ) as is_good
from marts.fct_ugc as piece
left join marts.dim_accounts as account on piece.author_identity_key = account.account_key
where piece.ugc_source = 'social_posts' and piece.author_identity_key is not null;
