-- posts stats of 1,000 instances in turn, as they make them: `-- 100` posts 100 in a request, each of another instance;
-- `-- 100 backlog` 100 of the same one
local batch, backlog, sent = 1, false, 0
local boot = "bench-" .. os.time()
local at = os.date("!%Y-%m-%dT%H:%M:%SZ")
local event = '{"specversion":"1.0","id":"%s-%d-%d","source":"/whaleware/shop/web-%d","type":"whaleware.stats",'
	.. '"subject":"web-%d","time":"' .. at .. '","datacontenttype":"application/json","data":{"app":"shop",'
	.. '"instance":"web-%d","version":"1.2","bootId":"%s-%d","labels":{"host":"a"},"configHash":"5f3759df",'
	.. '"sequence":%d,"interval":30000,"state":"UP","stats":{"connections":12,"requests":%d,"memory":73400320}}}'

local function make()
	local turn = backlog and batch or 1
	local round = turn * 1000
	local instance = math.floor(sent / turn) % 1000
	local sequence = math.floor(sent / round) * turn + sent % turn + 1
	sent = sent + 1
	return event:format(boot, instance, sequence, instance, instance, instance, boot, instance, sequence, sent)
end

function init(args)
	batch = tonumber(args[1] or "1")
	backlog = args[2] == "backlog"
	wrk.method = "POST"
	wrk.headers["Content-Type"] = batch > 1 and "application/cloudevents-batch+json" or "application/cloudevents+json"
end

function request()
	if batch == 1 then return wrk.format(nil, nil, nil, make()) end
	local events = {}
	for index = 1, batch do events[index] = make() end
	return wrk.format(nil, nil, nil, "[" .. table.concat(events, ",") .. "]")
end
