-- a key and a value of the length that a count in its chart has
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"key":"L2JlbmNoL2NvdW50","value":"eyJzdGF0ZSI6IkNPVU5USU5HIiwiY291bnQiOjEwMDAwMDB9"}'
