#!/usr/bin/env python3
"""mail.py REEL - a forgotten password and an address by mail, through the program's server and a real mail
server: what arrives, what waits while that is away, slow or says no, and what is never sent."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from server import REEL, SECONDS, Case, Server  # noqa: E402
from smtp import MailServer  # noqa: E402

PASSWORD = "correct horse battery"
ELSEWHERE = "mail.localhost"  # libcurl finds it here; Reel takes it for another machine's
TOKEN = re.compile(r"https://films\.example/(reset|confirm)#([A-Za-z0-9_-]{43})\s")


class Mailing(Server):
    """What it says goes to a file, where it can be waited for."""

    def __init__(self, folder, **settings):
        self.settings = {"REEL_PUBLIC_URL": "https://films.example/", "REEL_MAIL_FROM": "Reel ñ <reel@films.example>",
                         **settings}
        super().__init__(folder)

    def start(self):
        settings = {k: v for k, v in os.environ.items() if not k.startswith("REEL_")}
        self.said = os.path.join(self.folder, "said")
        with open(self.said, "wb") as said:
            self.process = subprocess.Popen(
                [REEL, "serve", "--database", self.database, "--listen", "127.0.0.1:0", "--json"],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
                env={**settings, "OMP_NUM_THREADS": "1", **self.settings})
        first = self.process.stdout.readline()
        assert first, self.text()
        self.port = int(json.loads(first)["url"].rsplit(":", 1)[1])

    def text(self):
        with open(self.said, encoding="utf-8") as said:
            return said.read()

    def wait_for(self, pattern):
        until = time.monotonic() + SECONDS
        while not re.search(pattern, self.text()):
            assert time.monotonic() < until, self.text()
            time.sleep(0.01)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.communicate(timeout=SECONDS)

    def sign_up(self, name, **more):
        status, headers, body = self.ask("POST", "/api/v1/accounts", {
            "name": name, "password": PASSWORD, **more})
        assert status == 200, body
        self.cookie = headers["Set-Cookie"].split(";")[0]
        return json.loads(body)

    def me(self):
        status, _, body = self.ask("GET", "/api/v1/me", headers={"Cookie": self.cookie})
        assert status == 200, body
        return json.loads(body)

    def forgot(self, **who):
        status, _, body = self.ask("POST", "/api/v1/password-reset", who)
        assert status == 202, body
        return body


class Mail(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.stop()
        cls.certificates = {}
        for name in ("good", "bad"):
            paths = [os.path.join(cls.base, name + ending) for ending in (".crt", ".key")]
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                            "-nodes", "-days", "2", "-subj", "/CN=" + name, "-addext",
                            "subjectAltName=IP:127.0.0.1", "-out", paths[0], "-keyout", paths[1]],
                           check=True, capture_output=True)
            cls.certificates[name] = paths

    def setUp(self):
        """A database of one's own: nothing of another test waits in it."""
        self.folder = os.path.join(self.base, self.id().rsplit(".", 1)[1])
        os.mkdir(self.folder)
        shutil.copy(os.path.join(self.base, "reel.db"), self.folder)
        shutil.copytree(os.path.join(self.base, "reel.db.models"), os.path.join(self.folder, "reel.db.models"))

    def mail_server(self, **options):
        server = MailServer(**options)
        self.addCleanup(server.close)
        return server

    def serve(self, mail=None, **settings):
        if mail is not None:
            settings = {"REEL_SMTP_URL": mail.url(), **settings}
        server = Mailing(self.folder, **settings)
        self.addCleanup(lambda: server.process.poll() is None and server.stop(signal.SIGKILL))
        return server

    def token(self, mail, kind, receiver):
        """That of the next letter, which is of this kind and for them."""
        _, receivers, message = mail.letter()
        self.assertEqual(receivers, [receiver])
        found = TOKEN.search(message.get_content())
        self.assertEqual(found.group(1), kind)
        return found.group(2)

    def confirmed(self, server, mail, name, address, **more):
        account = server.sign_up(name, email=address, **more)
        self.assertFalse(account["email_confirmed"])
        token = self.token(mail, "confirm", address)
        status, _, body = server.ask("POST", "/api/v1/email/confirm", {"token": token})
        self.assertEqual(status, 200, body)
        self.assertEqual(server.ask("POST", "/api/v1/email/confirm", {"token": token})[0], 401)

    def test_an_address_and_a_new_password(self):
        mail = self.mail_server(certificate=self.certificates["good"], login=("reel", "sécret"))
        server = self.serve(mail, REEL_SMTP_USER="reel", REEL_SMTP_PASSWORD="sécret",
                            SSL_CERT_FILE=self.certificates["good"][0])
        self.assertTrue(server.get("/api/v1/session")["mail"])
        self.confirmed(server, mail, "Zoë", "Zoe@films.example")
        self.assertIn("STARTTLS", mail.commands)
        self.assertTrue(server.me()["email_confirmed"])
        # By name and by address, in the language that was asked for; the same answer for nobody.
        answers = {server.forgot(name="ZOE", language="es"), server.forgot(name="there is none")}
        self.assertEqual(len(answers), 1)
        sender, receivers, message = mail.letter()
        self.assertEqual((sender, receivers), ("reel@films.example", ["Zoe@films.example"]))
        self.assertEqual(message["Subject"], "Reel: una contraseña nueva")
        self.assertEqual(str(message["From"]), "Reel ñ <reel@films.example>")
        self.assertEqual(message["Auto-Submitted"], "auto-generated")
        self.assertIn('"Zoë"', message.get_content())
        first = TOKEN.search(message.get_content()).group(2)
        server.forgot(email="zoe@FILMS.example")
        second = self.token(mail, "reset", "Zoe@films.example")
        confirm = {"token": first, "new_password": "another long word"}
        self.assertEqual(server.ask("POST", "/api/v1/password-reset/confirm", confirm)[0], 401)
        confirm["token"] = second
        self.assertEqual(server.ask("POST", "/api/v1/password-reset/confirm", confirm)[0], 200)
        self.assertEqual(server.ask("POST", "/api/v1/password-reset/confirm", confirm)[0], 401)
        self.assertEqual(server.ask("POST", "/api/v1/session", {
            "name": "zoe", "password": "another long word"})[0], 200)
        text = server.text()
        for secret in (first, second, "sécret", "argon2"):
            self.assertNotIn(secret, text)
        with open(os.path.join(self.folder, "reel.db"), "rb") as file:
            self.assertNotIn(second.encode(), file.read())

    def test_nothing_goes_to_an_address_that_nobody_confirmed(self):
        mail = self.mail_server()
        server = self.serve(mail)
        server.sign_up("Uma", email="uma@films.example")
        self.assertEqual(mail.letter()[1], ["uma@films.example"])
        server.forgot(name="Uma")
        server.forgot(email="uma@films.example")
        server.wait_for(r"""named ."Uma.".*no address is confirmed; run: reel user reset NAME""")
        # Another address takes the place of one, and its token is no good for the other.
        status, _, _ = server.ask("PATCH", "/api/v1/me", {
            "email": "other@films.example", "password": PASSWORD}, headers={
                "Cookie": server.cookie, "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"})
        self.assertEqual(status, 200)
        self.assertEqual(mail.letter()[1], ["other@films.example"])
        self.assertTrue(mail.letters.empty())

    def test_without_a_mail_server_the_operator_is_told(self):
        server = self.serve()
        self.assertFalse(server.get("/api/v1/session")["mail"])
        server.sign_up("Olga", email="olga@films.example")
        self.assertEqual(json.loads(server.forgot(name="olga")), {"mail": False})
        server.wait_for(r"""named ."Olga.".*; run: reel user reset NAME""")

    def test_a_letter_waits_for_a_server_that_is_away_and_survives_a_stop(self):
        mail = self.mail_server()
        port = mail.port
        server = self.serve(mail)
        self.confirmed(server, mail, "Wim", "wim@films.example")
        mail.close()
        server.forgot(name="wim")
        server.wait_for("waits 1 seconds")
        server.stop(signal.SIGKILL)
        mail = self.mail_server(port=port)
        self.serve(mail)
        self.token(mail, "reset", "wim@films.example")

    def test_a_server_that_says_later_is_asked_again(self):
        mail = self.mail_server()
        server = self.serve(mail)
        self.confirmed(server, mail, "Lea", "lea@films.example")
        mail.answers["RCPT"] = ["451 greylisted"]
        server.forgot(name="lea")
        server.wait_for("waits 1 seconds: .*451 greylisted")
        self.token(mail, "reset", "lea@films.example")

    def test_accounts_of_one_address_get_a_letter_each_and_once(self):
        mail = self.mail_server()
        server = self.serve(mail)
        for name in ("Mia", "Mia at work"):
            self.confirmed(server, mail, name, "mia@films.example")
        server.forgot(email="mia@films.example")
        named = [mail.letter()[2].get_content().split('"')[1]]
        server.wait_for("too many letters to this address")  # the other one waits, and the first stays sent
        named.append(mail.letter()[2].get_content().split('"')[1])
        self.assertEqual(sorted(named), ["Mia", "Mia at work"])
        server.wait_for("reset of account 2: sent")
        self.assertTrue(mail.letters.empty())

    def test_a_server_that_says_never_is_not(self):
        mail = self.mail_server()
        server = self.serve(mail)
        self.confirmed(server, mail, "Nora", "nora@films.example")
        mail.answers["RCPT"] = ["550 no such box"]
        server.forgot(name="nora")
        server.wait_for("refused for ever: .*550 no such box")
        mail.answers["DATA"] = ["554 spam"]
        server.forgot(email="nora@films.example")
        server.wait_for("refused for ever: .*554 spam")
        self.assertTrue(mail.letters.empty())

    def test_who_deletes_the_account_gets_no_letter(self):
        mail = self.mail_server()
        server = self.serve(mail)
        self.confirmed(server, mail, "Gone", "gone@films.example")
        mail.answers["RCPT"] = ["451 later"]
        server.forgot(name="gone")
        server.wait_for("451 later")
        status, _, _ = server.ask("DELETE", "/api/v1/me", {"password": PASSWORD}, headers={
            "Cookie": server.cookie, "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"})
        self.assertEqual(status, 200)
        self.confirmed(server, mail, "Next", "next@films.example")
        self.assertTrue(mail.letters.empty())

    def test_a_slow_server_holds_up_nobody_and_no_stop(self):
        mail = self.mail_server()
        mail.hold = threading.Event()
        self.addCleanup(mail.hold.set)
        server = self.serve(mail)
        server.sign_up("Sam", email="sam@films.example")
        server.get("/api/v1/health")
        begun = time.monotonic()
        server.stop()
        self.assertLess(time.monotonic() - begun, 15)  # curl would have waited a minute
        mail.hold.set()
        self.serve(mail)
        self.token(mail, "confirm", "sam@films.example")

    def test_a_certificate_of_somebody_else_gets_no_letter(self):
        for implicit in (False, True):
            mail = self.mail_server(certificate=self.certificates["bad"], implicit=implicit)
            server = self.serve(mail, SSL_CERT_FILE=self.certificates["good"][0])
            server.sign_up(f"Eve {implicit}", email="eve@films.example")
            server.wait_for("waits 1 seconds: .*certificate")
            self.assertTrue(mail.letters.empty())
            server.stop()
        shutil.copy(self.certificates["bad"][0], os.path.join(self.folder, "trusted.crt"))
        self.serve(mail, SSL_CERT_FILE="trusted.crt")
        self.assertEqual(mail.letter()[1], ["eve@films.example"])

    def test_nothing_leaves_this_machine_in_the_clear(self):
        mail = self.mail_server(login=("reel", "secret"))
        server = self.serve(REEL_SMTP_URL=mail.url(ELSEWHERE), REEL_SMTP_USER="reel", REEL_SMTP_PASSWORD="secret")
        server.sign_up("Pia", email="pia@films.example")
        server.wait_for("waits 1 seconds: .*STARTTLS")
        self.assertTrue(mail.letters.empty())
        self.assertFalse({"AUTH", "MAIL", "RCPT", "DATA"} & set(mail.commands), mail.commands)

    def doctor(self, **settings):
        done = subprocess.run([REEL, "doctor", "--database", "reel.db", "--listen", "127.0.0.1:0"], cwd=self.folder,
                              env={**os.environ, **settings}, capture_output=True, timeout=SECONDS, check=False)
        return [line for line in done.stdout.decode().splitlines() if " mail " in line][0]

    def test_the_doctor_asks_the_mail_server(self):
        mail = self.mail_server(certificate=self.certificates["good"], login=("reel", "secret"))
        known = {"REEL_SMTP_URL": mail.url(), "REEL_SMTP_USER": "reel", "REEL_SMTP_PASSWORD": "secret",
                 "REEL_MAIL_FROM": "reel@films.example", "REEL_PUBLIC_URL": "https://films.example",
                 "SSL_CERT_FILE": self.certificates["good"][0]}
        self.assertIn("takes mails", self.doctor(**known))
        wrong = self.doctor(**{**known, "REEL_SMTP_PASSWORD": "wrong"})
        self.assertTrue(wrong.startswith("fail"), wrong)
        self.assertNotIn("wrong", wrong)
        self.assertIn("REEL_SMTP_URL", self.doctor(**{**known, "REEL_SMTP_URL": "smtp://reel:secret@host"}))
        self.assertIn("REEL_MAIL_FROM", self.doctor(**{**known, "REEL_MAIL_FROM": "nobody"}))
        self.assertIn("REEL_PUBLIC_URL", self.doctor(**{**known, "REEL_PUBLIC_URL": ""}))
        with socket.create_server(("127.0.0.1", 0)) as nobody:
            port = nobody.getsockname()[1]
        self.assertIn("fail", self.doctor(**{**known, "REEL_SMTP_URL": f"smtp://127.0.0.1:{port}"}))
        plain = self.mail_server(login=("reel", "secret"))
        self.assertIn("STARTTLS", self.doctor(**{**known, "REEL_SMTP_URL": plain.url(ELSEWHERE)}))
        self.assertNotIn("AUTH", plain.commands)


if __name__ == "__main__":
    unittest.main()
