"""The control path `/_control/...`: rules, world, tokens, record, state."""

import json

from .wire import Answer


class Panel:
    def __init__(self, host):
        self.host = host

    def answer(self, request):
        name = request.path[len("/_control/"):].strip("/")
        act = getattr(self, f"{request.method.lower()}_{name}", None)
        if act is None:
            return Answer.json({"error": f"no such control: {request.method} {name}"}, 404)
        try:
            value = json.loads(request.body) if request.body else None
            return Answer.json(act(value))
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            return Answer.json({"error": f"{type(wrong).__name__}: {wrong}"}, 400)

    def get_rules(self, _):
        return self.host.rules.listed()

    def put_rules(self, specs):
        self.host.rules.add(specs, replace=True)
        return self.host.rules.listed()

    def post_rules(self, specs):
        self.host.rules.add(specs)
        return self.host.rules.listed()

    def delete_rules(self, _):
        self.host.rules.clear()
        return []

    def get_record(self, _):
        self.host.record.settle()
        return self.host.record.listed()

    def delete_record(self, _):
        self.host.record.clear()
        return {}

    def get_state(self, _):
        self.host.record.settle()
        return {**self.host.record.state(), "moved": self.host.world.moved}

    def post_world(self, commands):
        self.host.world.change(commands)
        return {"version": self.host.world.version}

    def get_jobs(self, _):
        """The jobs as they stand; this is no look-up of any of them."""
        with self.host.world.lock:
            self.host.world.settle()
            return self.host.world.segmentation.shown()

    def get_switches(self, _):
        return self.host.world.switches

    def delete_switches(self, _):
        self.host.world.switches.update(self.host.world.first_switches)
        return self.host.world.switches

    def post_tokens(self, command):
        """mint, revoke, and what IMS will hand out from now on."""
        made = {}
        switches = self.host.world.switches
        if "lifetime_s" in command:
            switches["token_lifetime_s"] = command["lifetime_s"]
        if "unit" in command:
            if command["unit"] not in ("s", "ms"):
                raise ValueError("unit is s or ms")
            switches["token_unit"] = command["unit"]
        if "revoke" in command:
            self.host.tokens.revoke(command["revoke"])
        if "mint" in command:
            made["token"] = self.host.tokens.mint(**command["mint"])
        return made

    def post_down(self, _):
        """Only a call over the other listener survives this."""
        if self.host.foreign is None:
            raise ValueError("needs --foreign: who would hear the call to come up again?")
        self.host.main.down()
        return {}

    def post_up(self, _):
        self.host.main.up()
        return {}

    def post_release(self, _):
        self.host.release()
        return {}
