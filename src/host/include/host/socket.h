/* SPDX-License-Identifier: MIT */
/* socket.h - message sockets between processes of this host, with descriptors.
 *
 * A name in the file system, whole messages (SOCK_SEQPACKET), file descriptors alongside.
 * Functions return 0 or an errno value; EPIPE means that the peer has gone. Not on sim.
 */
#ifndef HOST_SOCKET_H
#define HOST_SOCKET_H

#include <stddef.h>
#include <stdint.h>

#define HOST_MESSAGE_DESCRIPTORS 8

/* Replaces a stale name; EADDRINUSE when somebody listens there. ENAMETOOLONG. */
int host_socket_listen(const char *path, int *out_fd);
int host_socket_connect(const char *path, int *out_fd);
/* Blocks. ECANCELED once host_socket_shut was called on it. */
int host_socket_accept(int fd, int *out_fd);
/* Wakes everyone who is blocked on it; later calls fail with EPIPE. The descriptor stays. */
void host_socket_shut(int fd);
int host_message_send(int fd, const void *bytes, size_t length, const int *descriptors,
                      unsigned count);
/* Blocks until a message comes, at most timeout_ms (-1: forever) -> ETIMEDOUT. Received
 * descriptors are the caller's; those beyond *count are closed. A message longer than size is
 * EMSGSIZE. count may be NULL: none wanted. */
int host_message_receive(int fd, void *bytes, size_t size, size_t *out_length, int *out_descriptors,
                         unsigned *count, int timeout_ms);

/* $COVE_RUNTIME_DIR, else $XDG_RUNTIME_DIR/cove, else /tmp/cove-<uid>; made if missing, mode
 * 0700, and refused (EPERM) when it is somebody else's. */
int host_runtime_folder(char *out_path, size_t size);

#endif
