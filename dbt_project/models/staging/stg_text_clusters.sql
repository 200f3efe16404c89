with final as (
    select
        stream,
        duplicate_cluster_id,
        source,
        load_id,
        row_no
    from {{ source('landing', 'text_clusters') }}
)

select * from final
