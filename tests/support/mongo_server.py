"""A server that speaks MongoDB's wire protocol (OP_MSG, and OP_QUERY for the first greeting) over mongomock's
collections, in the process of a test: what it holds outlives a stop, and its faults are set from outside.
It is no MongoDB: MONGO_TEST_URI runs the same tests against a real one, those that need faults apart."""
import itertools
import random
import socket
import struct
import threading
import time

import bson
import mongomock
from bson.codec_options import CodecOptions
from bson.son import SON

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
# Ids that mongomock makes must be those that bson writes.
mongomock.ObjectId = mongomock.collection.ObjectId = bson.ObjectId
ORDERED = CodecOptions(document_class=SON)
DUPLICATE_KEY, NO_SUCH_COMMAND, NO_SUCH_CURSOR, NO_SUCH_INDEX, OTHER_INDEX = 11000, 59, 43, 27, 85


class Gone(Exception):
    """The connection ends without an answer."""


class Refusal(Exception):
    """An error for one document, or for a whole command."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def read_exactly(connection, size):
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            raise Gone
        parts += part
    return bytes(parts)


def parse_message(body):
    """The document of an OP_MSG, with its sequences as members."""
    flags, = struct.unpack_from("<I", body)
    at, end, command, sequences = 4, len(body) - (4 if flags & 1 else 0), None, {}
    while at < end:
        kind, size = body[at], struct.unpack_from("<i", body, at + 1)[0]
        part = body[at + 1:at + 1 + size]
        if kind == 0:
            command = bson.decode(part, ORDERED)
        else:
            name_end = part.index(b"\0", 4)
            sequences[part[4:name_end].decode()] = bson.decode_all(part[name_end + 1:], ORDERED)
        at += 1 + size
    command.update(sequences)
    return command, bool(flags & 2)


def listen(port):
    """At a port that can be had again after a stop: of those the system gives to nobody (a client that calls a port of
    those it gives may be given the same one, and then talks to itself there)."""
    for one in [port] if port else random.sample(range(20000, 32768), 100):
        try:
            return socket.create_server(("127.0.0.1", one))
        except OSError:
            if port:
                raise
    raise OSError("no port is free")


class MongoServer:
    def __init__(self):
        self.client = mongomock.MongoClient()
        self.lock = threading.RLock()
        self.cursors, self.numbers = {}, itertools.count(1)
        self.delay = 0.0  # seconds before each command with documents is done
        self.die_after = None  # documents, then the connection ends within a command
        self.refuse = None  # document -> (code, text) or None
        self.refuse_delete = None  # (code, text)
        self.commands, self.inserts = [], 0
        self.listener, self.port, self.connections = None, 0, set()

    def ids(self, database, name):
        """The _id of each document. (To find and count them, mongomock looks at and copies every one.)"""
        with self.lock:
            return list(self.client[database][name]._store._documents)

    # ---- the network

    @property
    def uri(self):
        return f"mongodb://127.0.0.1:{self.port}"

    def start(self):
        self.listener = listen(self.port)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()
        return self

    def stop(self):
        """As if the process were killed: nobody gets an answer any more."""
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
        self.listener = None
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections.add(connection)
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        try:
            while True:
                size, request, _, operation = struct.unpack("<iiii", read_exactly(connection, 16))
                body = read_exactly(connection, size - 16)
                if operation == OP_QUERY:
                    name_end = body.index(b"\0", 4)
                    command = bson.decode(body[name_end + 9:], ORDERED)
                    answer = bson.encode(self.answer(command.get("$query", command)))
                    connection.sendall(struct.pack("<iiiiiqii", 36 + len(answer), 0, request, OP_REPLY, 8, 0, 0, 1)
                                       + answer)
                elif operation == OP_MSG:
                    command, silent = parse_message(body)
                    answer = bson.encode(self.answer(command))
                    if not silent:
                        connection.sendall(struct.pack("<iiiiib", 21 + len(answer), 0, request, OP_MSG, 0, 0) + answer)
                else:
                    raise Gone
        except (Gone, OSError):
            pass
        finally:
            self.connections.discard(connection)
            connection.close()

    # ---- commands

    def answer(self, command):
        name = next(iter(command))
        run = getattr(self, "do_" + name.lower(), None)
        try:
            if run is None:
                raise Refusal(NO_SUCH_COMMAND, f"no such command: '{name}'")
            if "documents" in command or "updates" in command:
                time.sleep(self.delay)
            with self.lock:
                self.commands.append(name)
                return SON(run(command), ok=1.0)
        except Refusal as error:
            return SON(ok=0.0, code=error.code, codeName="Error", errmsg=str(error))

    def collection(self, command):
        return self.client[command["$db"]][command[next(iter(command))]]

    def do_hello(self, _):
        return {"ismaster": True, "isWritablePrimary": True, "helloOk": True, "maxBsonObjectSize": 16777216,
                "maxMessageSizeBytes": 48000000, "maxWriteBatchSize": 100000, "minWireVersion": 0, "maxWireVersion": 17,
                "readOnly": False, "localTime": bson.datetime.datetime.utcnow()}

    do_ismaster = do_hello

    def do_ping(self, _):
        return {}

    do_endsessions = do_killcursors = do_ping

    def write(self, items, ordered, change):
        """How many a change worked for, and the errors of the others."""
        done, errors = 0, []
        for index, item in enumerate(items):
            if self.die_after is not None and self.inserts >= self.die_after:
                self.stop()
                raise Gone
            try:
                done += change(item)
                self.inserts += 1
            except mongomock.DuplicateKeyError as error:
                errors.append({"index": index, "code": DUPLICATE_KEY, "errmsg": f"E11000 duplicate key error: {error}"})
            except Refusal as error:
                errors.append({"index": index, "code": error.code, "errmsg": str(error)})
            if errors and ordered:
                break
        return {"n": done, **({"writeErrors": errors} if errors else {})}

    def do_insert(self, command):
        collection = self.collection(command)

        def insert(document):
            why = self.refuse(document) if self.refuse else None
            if why:
                raise Refusal(*why)
            collection.insert_one(document)
            return 1

        return self.write(command["documents"], command.get("ordered", True), insert)

    def do_update(self, command):
        collection, upserted = self.collection(command), []

        def update(item):
            change = collection.update_many if item.get("multi") else collection.update_one
            result = change(item["q"], item["u"], upsert=item.get("upsert", False))
            if result.upserted_id is not None:
                upserted.append({"index": len(upserted), "_id": result.upserted_id})
            return (result.matched_count or 0) + (result.upserted_id is not None)

        answer = self.write(command["updates"], command.get("ordered", True), update)
        return {**answer, "nModified": answer["n"] - len(upserted), **({"upserted": upserted} if upserted else {})}

    def do_delete(self, command):
        if self.refuse_delete:
            raise Refusal(*self.refuse_delete)
        collection = self.collection(command)
        return {"n": sum((collection.delete_one if item.get("limit") else collection.delete_many)(item["q"]).deleted_count
                         for item in command["deletes"])}

    def page(self, command, documents, size, member):
        namespace = f"{command['$db']}.{command.get('collection', command[next(iter(command))])}"
        number = 0
        if len(documents) > size:
            number = next(self.numbers)
            self.cursors[number] = documents[size:]
        return {"cursor": {member: documents[:size], "id": bson.int64.Int64(number), "ns": namespace}}

    def do_find(self, command):
        found = self.collection(command).find(command.get("filter", {}), command.get("projection"))
        if command.get("sort"):
            found = found.sort(list(command["sort"].items()))
        if command.get("limit"):
            found = found.limit(abs(command["limit"]))
        return self.page(command, list(found), command.get("batchSize", 101), "firstBatch")

    def do_getmore(self, command):
        rest = self.cursors.pop(command["getMore"], None)
        if rest is None:
            raise Refusal(NO_SUCH_CURSOR, "cursor not found")
        return self.page(command, rest, command.get("batchSize", 1000), "nextBatch")

    def do_createindexes(self, command):
        collection = self.collection(command)
        for index in command["indexes"]:
            there = collection.index_information().get(index["name"], index)
            if there.get("expireAfterSeconds") != index.get("expireAfterSeconds"):
                raise Refusal(OTHER_INDEX, f"index {index['name']} is there with different options")
        for index in command["indexes"]:
            collection.create_index(list(index["key"].items()), name=index["name"], unique=index.get("unique", False),
                                    **({"expireAfterSeconds": index["expireAfterSeconds"]}
                                       if "expireAfterSeconds" in index else {}))
        return {"numIndexesAfter": len(collection.index_information())}

    def do_dropindexes(self, command):
        collection = self.collection(command)
        if command["index"] not in collection.index_information():
            raise Refusal(NO_SUCH_INDEX, f"index not found with name [{command['index']}]")
        collection.drop_index(command["index"])
        return {}
