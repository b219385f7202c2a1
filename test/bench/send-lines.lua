-- sends the lines of a file in turn, each a path and a body: `-- METHOD FILE`
local requests, sent = {}, 0

function init(args)
	for line in io.lines(args[2]) do
		local path, body = line:match("^(%S+) (.*)$")
		requests[#requests + 1] = wrk.format(args[1], path, { ["Content-Type"] = "application/json" }, body .. "\n")
	end
end

function request()
	sent = sent + 1
	return requests[sent % #requests + 1]
end
