/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole messages over a stream socket, until a deadline (deadline.h).
 *
 * It does not matter whether the socket blocks; no signal is raised.
 */
#ifndef COMMON_STREAM_H
#define COMMON_STREAM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Send it all.  0; -ETIME: not by then; -EPIPE or -ECONNRESET: nobody reads
 * any more; -errno.
 */
int stream_send(int fd, const char *text, size_t len, int64_t deadline)
    __attribute__((warn_unused_result));

/*
 * Receive to the end of what the other side sends.  0 and its length;
 * -EMSGSIZE: there is more than "size", of which "text" has the beginning;
 * -ETIME; -ECONNRESET: the other side went away before it said anything;
 * -errno.
 */
int stream_receive(int fd, char *text, size_t size, size_t *len,
    int64_t deadline) __attribute__((warn_unused_result));

/*
 * Send a request and its end, wipe it, and receive what is answered.  As above;
 * who hangs up before it has heard us out has something to say about it; no
 * answer at all is -ECONNRESET.
 */
int stream_exchange(int fd, char *request, size_t len, char *reply, size_t size,
    size_t *reply_len, int64_t deadline) __attribute__((warn_unused_result));

#endif
