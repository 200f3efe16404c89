{# What the runs on this warehouse file were for. A run numbers itself at its start and is complete when every model
   was built, so rows staged by a run that failed half-way are looked at again by the next one. #}
{% macro run_cutoffs_relation() -%}
    {{ return(api.Relation.create(database=target.database, schema='intermediate', identifier='int_run_cutoffs')) }}
{%- endmacro %}

{% macro open_run() -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- set runs = run_cutoffs_relation() -%}
        {%- do run_query("create schema if not exists " ~ runs.without_identifier()) -%}
        {%- if flags.FULL_REFRESH -%}
            {%- do run_query("drop table if exists " ~ runs) -%}
        {%- endif -%}
        {%- do run_query(
            "create table if not exists " ~ runs
            ~ " (run_no bigint, as_of_cutoff timestamp, is_complete boolean)"
        ) -%}
        {%- set later = run_query(
            "select cast(max(as_of_cutoff) as varchar) from " ~ runs
            ~ " where is_complete and as_of_cutoff > " ~ as_of_cutoff()
        ).columns[0].values()[0] -%}
        {%- if later -%}
            {{ exceptions.raise_compiler_error(
                "this warehouse file was built up to " ~ later ~ ", later than " ~ var('as_of_cutoff')
                ~ ": start from an older file or run with --full-refresh"
            ) }}
        {%- endif -%}
        {%- do run_query(
            "insert into " ~ runs ~ " select coalesce(max(run_no), 0) + 1, " ~ as_of_cutoff() ~ ", false from " ~ runs
        ) -%}
    {%- endif -%}
{%- endmacro %}

{% macro close_run(results) -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- set built = results | selectattr('status', 'equalto', 'success') | map(attribute='node.unique_id') | list -%}
        {%- set missing = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.unique_id not in built -%}
            {%- do missing.append(node.name) -%}
        {%- endfor -%}
        {%- if not missing -%}
            {%- do run_query(
                "update " ~ run_cutoffs_relation() ~ " set is_complete = true where run_no = " ~ this_run_no()
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{# Number of the run that is going on; 0 outside a run. #}
{% macro this_run_no() -%}
    {%- set ns = namespace(run_no=0) -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- set ns.run_no = run_query("select max(run_no) from " ~ run_cutoffs_relation()).columns[0].values()[0] -%}
    {%- endif -%}
    {{ return(ns.run_no) }}
{%- endmacro %}

{# The last complete run: its number and cut-off. None yet: run 0, before any time. #}
{% macro previous_run() -%}
    {%- set ns = namespace(run_no=0, as_of_cutoff='0001-01-01 00:00:00') -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- set rows = run_query(
            "select run_no, cast(as_of_cutoff as varchar) from " ~ run_cutoffs_relation()
            ~ " where is_complete order by run_no desc limit 1"
        ).rows -%}
        {%- if rows | length > 0 -%}
            {%- set ns.run_no = rows[0][0] -%}
            {%- set ns.as_of_cutoff = rows[0][1] -%}
        {%- endif -%}
    {%- endif -%}
    {{ return({'run_no': ns.run_no, 'as_of_cutoff': ns.as_of_cutoff}) }}
{%- endmacro %}

{# Known by as_of; in an incremental run only rows of loads this model has not staged yet, and rows that became known
   since the last complete run. A load none of whose rows survived is read again, which changes nothing. #}
{% macro is_known_and_new() -%}
    {{ is_known() }}
    {%- if is_incremental() %}
        and (
            known_at > cast('{{ previous_run().as_of_cutoff }}' as timestamp)
            or (source, load_id) not in (select distinct stored.source, stored.load_id from {{ this }} as stored)
        )
    {%- endif -%}
{%- endmacro %}

{# In an incremental run: the stored rows of the keys in `relation`, so that a version that arrives late loses against
   a newer one that is already there. #}
{% macro and_stored_versions(relation, key) -%}
    {%- if is_incremental() -%}
        union all
        select stored.*
        from {{ this }} as stored
        where ({{ key | join(', ') }}) in (select {{ key | join(', ') }} from {{ relation }})
    {%- endif -%}
{%- endmacro %}
