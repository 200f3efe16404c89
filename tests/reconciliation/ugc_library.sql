select
    piece.ugc_key,
    named.consumer_key,
    piece.platform_or_site,
    piece.ugc_kind,
    piece.published_on,
    piece.product_id,
    in_words('moment', (
        select told.moment
        from standing_moments as told
        where told.ugc_key = piece.ugc_key and told.polarity = 'positive' and not told.is_unsure
        order by told.confidence desc, told.moment
        limit 1
    )) as moment,
    piece.rating_share,
    case
        when author.consumer_key is null then 'author unknown'
        else coalesce(author.consent_ugc_reuse, 'not asked')
    end as rights_status,
    case
        when
            coalesce(piece.likes_count, piece.comments_count, piece.shares_count, piece.saves_count) is not null
            then
                coalesce(piece.likes_count, 0) + coalesce(piece.comments_count, 0)
                + coalesce(piece.shares_count, 0) + coalesce(piece.saves_count, 0)
    end as engagements_count
from marts.fct_ugc as piece
left join marts.dim_consumers as author using (consumer_key)
left join listed_people as named on piece.consumer_key = named.consumer_key
where
    piece.is_counted
    and piece.deleted_at is null
    and piece.published_on between as_of() - 89 and as_of()
    and (
        piece.sentiment = 'positive'
        or piece.rating_share >= 0.8
        or piece.ugc_key in (
            select told.ugc_key
            from standing_moments as told
            where told.polarity = 'positive' and not told.is_unsure
        )
    )
    and piece.ugc_key not in (
        select told.ugc_key
        from standing_moments as told
        where told.polarity in ('negative', 'mixed') and not told.is_unsure
    )
