/* http/quiesce.h - an end to new connections. Layer: http. Threads: one at a time per daemon. */
#ifndef REEL_HTTP_QUIESCE_H
#define REEL_HTTP_QUIESCE_H

#include <microhttpd.h>

/* As MHD_quiesce_daemon: the listening socket, which is the caller's now, or MHD_INVALID_SOCKET
 * (then stopping the daemon closes it). Up to 0.9.75 that function ends the program now and then:
 * it tells a worker to stop listening, and takes its socket out of the worker's epoll set itself; a
 * worker that did so first makes this fail, which libmicrohttpd takes for its own ruin. Here it is
 * begun anew, and passes over the workers that are done. */
MHD_socket reel__quiesce(struct MHD_Daemon *daemon);

#endif
