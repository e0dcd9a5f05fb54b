import flask

from . import fast

app = flask.Flask(__name__)


@app.route("/")
def price():
    return str(fast.twice(21))
