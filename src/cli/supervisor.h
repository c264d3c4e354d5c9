/* cli/supervisor.h - what systemd hands to a service and hears from it: sockets that are open
 * already (LISTEN_FDS), and one datagram for each change (NOTIFY_SOCKET), as sd_listen_fds(3) and
 * sd_notify(3) describe. Nothing of systemd's own is needed.
 * Layer: cli. Threads: the main thread only.
 */
#ifndef REEL_CLI_SUPERVISOR_H
#define REEL_CLI_SUPERVISOR_H

/* The socket handed over as the index-th, or -1. Its number is taken out of the environment with
 * the first call, so that children do not take it for theirs. */
int reel__supervisor_socket(int index);
/* "READY=1", "STOPPING=1"; without a supervisor nothing happens. */
void reel__supervisor_tell(const char *state);
/* How often it wants to hear WATCHDOG=1, in milliseconds; 0 = never. */
int reel__supervisor_every_ms(void);

#endif
