select json_build_object(
  'connections', (select count(*) from pg_stat_activity where backend_type = 'client backend'),
  'active', (select count(*) from pg_stat_activity where backend_type = 'client backend' and state = 'active'),
  'max_connections', current_setting('max_connections')::int,
  'transactions', xact_commit + xact_rollback,
  'rollbacks', xact_rollback,
  'deadlocks', deadlocks,
  'cache_hit_ratio', round(blks_hit / greatest(blks_hit + blks_read, 1)::numeric, 4),
  'oldest_transaction_s', (
    select coalesce(round(extract(epoch from max(now() - xact_start))), 0)
    from pg_stat_activity where backend_type = 'client backend'
  ),
  'database_bytes', pg_database_size(datid)
)
from pg_stat_database where datname = current_database()
