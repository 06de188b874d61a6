# SPDX-License-Identifier: BSL-1.0
"""Deadlines of the transport. They cannot be set in the console: the defaults are awaited, side by side."""
import socket

import support
from support import Case


class Transport(Case):
    def test_connect_and_write(self):
        # Nobody takes connections and the queue is full: the system answers no further SYN.
        deaf = socket.socket()
        self.addCleanup(deaf.close)
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(deaf.getsockname())
            self.addCleanup(filler.close)
        connecting = self.console(deaf.getsockname()[1], "--reconnect", 0)
        connecting.send("connect")
        writing, peer = self.online("--reconnect", 0, "--keep-alive", 0)
        # The system may find room for some more bytes, and then the 20 s begin anew.
        writing.patience = 90
        writing.send("publish-size 0 0 t 200000000")
        connecting.expect("disconnected", cause="connect_timeout", retry_in_ms=0)
        writing.expect("disconnected", cause="write_timeout", retry_in_ms=0)
        for console in (connecting, writing):
            self.assertEqual(console.end(), (0, []))
        peer.close()


if __name__ == "__main__":
    support.main()
