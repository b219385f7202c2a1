-- a name and a value in each row
select 'pg_connections', count(*) from pg_stat_activity where backend_type = 'client backend'
union all select 'pg_transactions_total', sum(xact_commit + xact_rollback) from pg_stat_database
union all select 'pg_size_bytes', sum(pg_database_size(datname)) from pg_database where datallowconn
union all select 'pg_start_time_seconds', round(extract(epoch from pg_postmaster_start_time()));
