/* net/mail_priv.h - what mail.c and mail_write.c share. Layer: net, inside only.
 */
#ifndef REEL_NET_MAIL_PRIV_H
#define REEL_NET_MAIL_PRIV_H

#include "net/mail.h"

enum { REEL_MAIL_ADDRESS = 256 };

/* The address of server->from. Errors: E_INVALID. */
REEL_MUST_USE reel_code reel__mail_sender(char address[REEL_MAIL_ADDRESS],
                                          const reel_mail_server *server, reel_err *err);

#endif
