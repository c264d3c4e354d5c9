"""A mail server for tests: SMTP with STARTTLS, TLS from the start and AUTH PLAIN, on a free port of this
machine. What it answers can be set by command; it keeps what it was sent."""
import base64
import email
import email.policy
import queue
import socket
import ssl
import threading


class MailServer:
    def __init__(self, certificate=None, implicit=False, login=None, port=0, starttls=True):
        self.certificate, self.implicit, self.login = certificate, implicit, login
        self.starttls = starttls and certificate is not None and not implicit
        self.answers = {}  # command -> list of answers to give before the usual one
        self.hold = None   # an event: nothing is said before it is set
        self.letters = queue.Queue()
        self.commands = []
        self.socket = socket.create_server(("127.0.0.1", port))
        self.port = self.socket.getsockname()[1]
        self.connections = []
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()

    def url(self, host="127.0.0.1"):
        return f"{'smtps' if self.implicit else 'smtp'}://{host}:{self.port}"

    def letter(self, seconds=20):
        """The next one, as (envelope sender, envelope receiver, message)."""
        return self.letters.get(timeout=seconds)

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)  # or accept would take one more
        except OSError:
            pass
        self.accepting.join()
        self.socket.close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            connection.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate)
        return context

    def _talk(self, connection):
        try:
            if self.implicit:
                connection = self._context().wrap_socket(connection, server_side=True)
                self.connections.append(connection)
            self._converse(connection)
        except (OSError, ValueError):
            pass
        finally:
            connection.close()

    def _answer(self, command, usual):
        waiting = self.answers.get(command)
        return waiting.pop(0) if waiting else usual

    def _converse(self, connection):
        encrypted, known = self.implicit, self.login is None
        lines = connection.makefile("rb")
        sender, receivers = None, []

        def say(text):
            connection.sendall(text.encode() + b"\r\n")

        if self.hold is not None:
            self.hold.wait()
        say(self._answer("CONNECT", "220 test"))
        while True:
            line = lines.readline()
            if not line:
                return
            text = line.decode("ascii").rstrip("\r\n")
            word = text.split(" ")[0].split(":")[0].upper()
            self.commands.append(word)
            if word == "EHLO":
                say("250-test")
                if self.starttls and not encrypted:
                    say("250-STARTTLS")
                if self.login is not None:
                    say("250-AUTH PLAIN")
                say("250 8BITMIME")
            elif word == "STARTTLS" and self.starttls:
                say("220 go on")
                connection = self._context().wrap_socket(connection, server_side=True)
                self.connections.append(connection)
                lines = connection.makefile("rb")
                encrypted = True
            elif word == "AUTH":
                given = text.split(" ")[2:] or [self._ask(say, lines)]
                known = base64.b64decode(given[0]).split(b"\0")[1:] == [
                    part.encode() for part in self.login or ()]
                say("235 welcome" if known else "535 who is that")
            elif not known and word in ("MAIL", "RCPT", "DATA"):
                say("530 log in first")
            elif word == "MAIL":
                sender, receivers = text.split("<")[1].split(">")[0], []
                say(self._answer("MAIL", "250 so"))
            elif word == "RCPT":
                receivers.append(text.split("<")[1].split(">")[0])
                say(self._answer("RCPT", "250 so"))
            elif word == "DATA":
                say("354 go on")
                data = b""
                while not data.endswith(b"\r\n.\r\n"):
                    data += lines.readline()
                answer = self._answer("DATA", "250 taken")
                if answer.startswith("2"):
                    message = email.message_from_bytes(data[:-3], policy=email.policy.default)
                    self.letters.put((sender, receivers, message))
                say(answer)
            elif word == "QUIT":
                say("221 bye")
                return
            elif word in ("NOOP", "RSET"):
                say("250 so")
            else:
                say("502 what")

    @staticmethod
    def _ask(say, lines):
        say("334 ")
        return lines.readline().decode().strip()
