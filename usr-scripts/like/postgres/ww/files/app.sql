\getenv password APP_PASSWORD

select 'create role app login' where not exists (select from pg_roles where rolname = 'app') \gexec

-- the statement contains the password, which must not get into the log
set log_statement = 'none';
set log_min_duration_statement = -1;
set log_min_error_statement = 'panic';
alter role app password :'password';

select 'create database app owner app' where not exists (select from pg_database where datname = 'app') \gexec
