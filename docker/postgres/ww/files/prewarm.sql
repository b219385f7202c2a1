-- the most read tables and indexes first, until three quarters of shared_buffers are full
with sized as (
  select c.oid, pg_relation_size(c.oid) as bytes,
    sum(pg_relation_size(c.oid)) over (order by coalesce(t.seq_scan, 0) + coalesce(t.idx_scan, 0)
      + coalesce(i.idx_scan, 0) desc, c.oid) as bytes_so_far
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_stat_user_tables t on t.relid = c.oid
  left join pg_stat_user_indexes i on i.indexrelid = c.oid
  where c.relkind in ('r', 'i', 'm') and c.relpersistence <> 't'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
), warmed as (
  select public.pg_prewarm(oid::regclass) as blocks from sized
  where bytes > 0
    and bytes_so_far <= 0.75 * (select setting::bigint * 8192 from pg_settings where name = 'shared_buffers')
)
select format('prewarmed %s relations, %s', count(*), pg_size_pretty(coalesce(sum(blocks), 0) * 8192)) from warmed
