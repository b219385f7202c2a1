"""The original's design: a single-threaded Flask application that rewrites its YAML after each update, without fsync."""
import sys
import yaml
from flask import Flask, request

path, port = sys.argv[1], int(sys.argv[2])
with open(path) as file:
    machine = yaml.safe_load(file)
states = {state['name']: state for state in machine['states']}
app = Flask(__name__)


@app.get('/state')
def get_state():
    state = request.args['state']
    return (state, 200) if state == machine['current_state'] else (state, 406)


@app.put('/state')
def put_state():
    name = request.args['state']
    state = states[name]
    if name != machine['current_state'] or state.get('func') != 'increment':
        return name, 500
    state['current']['value'] += 1
    if state['current']['value'] >= state['target']['when']['value']:
        machine['current_state'] = state['target']['name']
    with open(path, 'w') as file:
        yaml.safe_dump(machine, file)
    return name


app.run(host='127.0.0.1', port=port, threaded=False)
