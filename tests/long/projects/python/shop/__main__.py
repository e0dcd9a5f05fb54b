from . import app

assert app.test_client().get("/").data == b"42"
