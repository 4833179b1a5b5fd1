"""The world: everything that exists, and the changes a test makes to it."""

import json
import os
import threading
import time

from .objects import MISSING, Batch, Dataset
from .parts import numbers
from .segmentation import Segmentation
from .switches import DEFAULTS, checked


class World:
    def __init__(self, spec, base="."):
        self.base = base
        self.org = spec.get("org", "0123456789ABCDEF01234567@AdobeOrg")
        self.sandbox = spec.get("sandbox", "prod")
        self.sandbox_id = spec.get("sandbox_id", "ff0f6870-c46d-11e9-8ca3-036939a64204")
        self.api_key = spec.get("api_key", "emulator-key")
        self.client_secret = spec.get("client_secret", "emulator-secret")
        self.scopes = spec.get("scopes", [
            "openid", "session", "AdobeID", "read_organizations",
            "additional_info.projectedProductContext"])
        self.user = spec.get("user", "0123456789ABCDEF76543210@techacct.adobe.com")
        self.page_size = spec.get("page_size", 100)
        self.switches = {**DEFAULTS, **checked(spec.get("switches", {}))}
        if "token_lifetime_s" in spec:
            self.switches["token_lifetime_s"] = spec["token_lifetime_s"]
        self.first_switches = dict(self.switches)
        self.datasets = {}
        self.batches = {}
        self.ingested = {}      # Data Access batch id -> Batch
        self.shared = {}        # key -> Batch of more than one dataset
        self.files = {}         # dataSetFileId -> File
        self.version = 0        # moves on with every change: answers may be cached
        self.due = []           # (when, what): what is yet to come
        self.created = 0        # datasets that requests have made
        self.moved = 0          # how often a request has changed what there is
        self.lock = threading.RLock()
        for one in spec.get("datasets", []):
            self.add_dataset(one)
        self.segmentation = Segmentation(self)
        self.segmentation.load(spec)

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as handle:
            spec = json.load(handle)
        return cls(spec, os.path.dirname(os.path.abspath(path)))

    def page(self):
        return self.switches["page_size"] or self.page_size

    # Time

    @staticmethod
    def now():
        return int(time.time() * 1000)

    def later(self, ms, act):
        """Carry out `act` in so many milliseconds: at once, if in none."""
        if ms:
            self.due.append((self.now() + ms, act))
        else:
            act()

    def settle(self):
        """Let time pass: jobs move on, and what was due comes."""
        now = self.now()
        for entry in [one for one in self.due if one[0] <= now]:
            self.due.remove(entry)
            entry[1]()
            self.version += 1
        self.segmentation.settle()

    # Building

    def add_dataset(self, spec):
        if "repeat" in spec:
            for n in numbers(spec):
                self._dataset(spec, {"d": n, "n": n})
        else:
            self._dataset(spec, {})

    def _dataset(self, spec, counters):
        dataset = Dataset(self, spec, counters, len(self.datasets))
        if dataset.id in self.datasets:
            raise ValueError(f"dataset {dataset.id} exists already")
        self.datasets[dataset.id] = dataset
        for one in spec.get("batches", []):
            self.add_batch(dataset, one)

    def create_dataset(self, body):
        """The dataset a request asks for, with all it says; returns its id."""
        now = self.now()
        self.created += 1
        self.moved += 1
        name = f"{now // 1000:08x}{self.created:016x}"
        # `aspect` lives on the view (contract 3.4).
        fields = {"tags": {"adobe/pqs/table": [f"dataset_{name}"],
                           "adobe/siphon/table/format": ["parquet"]},
                  **{k: v for k, v in body.items() if k not in ("name", "aspect")}}
        spec = {"id": name, "name": body["name"], "created": now, "fields": fields}
        self.later(self.switches["created_lag_ms"], lambda: self._dataset(spec, {}))
        self.version += 1
        return name

    def add_batch(self, dataset, spec):
        if "repeat" in spec:
            for n in numbers(spec):
                self._batch(dataset, spec, {**dataset.counters, "b": n, "n": n})
        else:
            self._batch(dataset, spec, dataset.counters)

    def _batch(self, dataset, spec, counters):
        batch = Batch(self, spec, counters, len(dataset.batches), dataset)
        if batch.key in self.batches:
            raise ValueError(f"batch {batch.key} exists already")
        self.batches[batch.key] = batch
        dataset.batches[batch.key] = batch
        if spec.get("also_in"):
            self.shared[batch.key] = batch
        self._index(batch)

    def _index(self, batch):
        for name in batch.accepted():
            self.ingested[name] = batch
        for top in batch.files:
            for file in top.walk():
                self.files[file.id] = file

    def remove_batch(self, key):
        batch = self.batches.pop(key)
        del batch.dataset.batches[key]
        self.shared.pop(key, None)
        self._forget(batch)

    def _forget(self, batch):
        for table in (self.ingested, self.files):
            for name in [n for n, one in table.items()
                         if one is batch or getattr(one, "batch", None) is batch]:
                del table[name]

    # Changing

    def change(self, commands):
        """Carry out the commands of `POST /_control/world`, in order."""
        with self.lock:
            for command in commands if isinstance(commands, list) else [commands]:
                for verb, argument in command.items():
                    act = (getattr(self, "do_" + verb, None)
                           or self.segmentation.commands().get(verb))
                    if act is None:
                        raise ValueError(f"no such command: {verb}")
                    act(argument)
            self.version += 1

    def do_add_dataset(self, spec):
        self.add_dataset(spec)

    def do_add_batch(self, spec):
        self.add_batch(self.datasets[spec["dataset"]], spec["batch"])

    def do_set_dataset(self, spec):
        self.datasets[spec["id"]].set(spec["fields"])

    def do_set_batch(self, spec):
        batch = self.batches[spec["key"]]
        batch.set(spec.get("fields", {}))
        if "files" in spec:
            self._forget(batch)
            fresh = Batch(self, {**batch.spec, "files": spec["files"]}, batch.counters,
                          0, batch.dataset)
            batch.files, batch.spec = fresh.files, fresh.spec
            for top in batch.files:
                for file in top.walk():
                    file.batch = batch
            self._index(batch)

    def do_remove_batch(self, key):
        self.remove_batch(key)

    def do_remove_dataset(self, name):
        for key in list(self.datasets[name].batches):
            self.remove_batch(key)
        del self.datasets[name]

    def do_set(self, switches):
        self.switches.update(checked(switches))

    # Finding

    def batch_for_export(self, name):
        """The batch Data Access knows by `name`, or None (contract 3.6)."""
        batch = self.ingested.get(name)
        if batch is None and self.switches["accept_any_id"]:
            batch = self.batches.get(name)
            if batch is None:
                batch = next((one for one in self.batches.values()
                              if name in (one.id, one.member("externalId"))), None)
        return batch

    def served(self, batch):
        """Whether Data Access still lists and serves the batch's files."""
        allowed = self.switches["served_statuses"]
        status = batch.member("status")
        return allowed == "all" or status is MISSING or status in allowed
