\getenv password WANTED_PASSWORD

select format('create role %I login', :'user')
where not exists (select from pg_roles where rolname = :'user')
\gexec

-- the statement holds the password: it must not get into the log, whatever becomes of it
set log_statement = 'none';
set log_min_duration_statement = -1;
set log_min_error_statement = 'panic';
alter role :"user" login password :'password';

select format('create database %I owner %I', :'database', :'user')
where not exists (select from pg_database where datname = :'database')
\gexec
