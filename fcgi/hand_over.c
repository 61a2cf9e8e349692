/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fcgi/hand_over.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* For the most workers that there can be, those of two configurations, and
 * what the kernel counts for each; it gives what it may. */
#define ROOM (512 * 1024)

/* One descriptor. */
union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

bool
hand_over_open(int ends[2])
{
	static const int room = ROOM;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	for (size_t i = 0; i < 2; i++)
		(void)setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof(room));
	return true;
}

bool
hand_over(int to, int channel, unsigned worker)
{
	union control control = { 0 };
	struct iovec part = { &worker, sizeof(worker) };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(channel));
	memcpy(CMSG_DATA(header), &channel, sizeof(channel));
	return sendmsg(to, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

/* Without one, this process may have no further descriptor. */
static enum hand_over_result
take_descriptor(struct msghdr *message, int *channel)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	if (header == NULL || header->cmsg_level != SOL_SOCKET ||
	    header->cmsg_type != SCM_RIGHTS ||
	    header->cmsg_len != CMSG_LEN(sizeof(*channel)))
		return HAND_OVER_NONE;
	memcpy(channel, CMSG_DATA(header), sizeof(*channel));
	return HAND_OVER_TAKEN;
}

enum hand_over_result
hand_over_take(int from, int *channel, unsigned *worker)
{
	union control control = { 0 };
	unsigned number = 0;
	struct iovec part = { &number, sizeof(number) };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t size = recvmsg(from, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	enum hand_over_result result;

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return HAND_OVER_NONE;
	if (size <= 0)
		return HAND_OVER_END;
	result = take_descriptor(&message, channel);
	if (result == HAND_OVER_TAKEN)
		*worker = number;
	return result;
}
