/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/crew.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "fcgi/child.h"
#include "fcgi/key_process.h"

/* A process, and the key process beside it. */
struct member {
	const struct crew_plan *plan;
	atomic_uint *late;
	unsigned number;
	pid_t pid;
	pid_t key_pid; /* 0: it has none */
	/* One of each a thread. */
	int *orders; /* ours */
	int *own_orders;
	int *channels;
	int *key_channels;
};

struct crew {
	struct crew_plan plan;
	struct member *members;
	atomic_uint *late; /* threads whose time is over; shared by all */
};

/* What a thread says of a round. It is asked for one by the time that it shall
 * take, in microseconds, and ends when it can't be asked any more. */
struct report {
	double in_time; /* pieces, and the part of one */
	int64_t pieces; /* all of them */
};

unsigned
crew_cores(void)
{
	cpu_set_t set;

	bench_must(sched_getaffinity(0, sizeof(set), &set) == 0,
	    "the cores are not known");
	return (unsigned)CPU_COUNT(&set);
}

/* Of the cores that we may use, the one with this number. */
static void
pin(unsigned number)
{
	cpu_set_t set, one;
	unsigned skip = number % crew_cores();
	size_t core = 0;

	bench_must(sched_getaffinity(0, sizeof(set), &set) == 0,
	    "the cores are not known");
	while (!CPU_ISSET(core, &set) || skip-- > 0)
		core++;
	CPU_ZERO(&one);
	CPU_SET(core, &one);
	bench_must(sched_setaffinity(0, sizeof(one), &one) == 0,
	    "a process can't be kept to a core");
}

/* Whatever is written to the log costs the time that it takes to make it.  A
 * user's interrupt ends the one who gives orders, and so all others. */
static void
settle(const struct member *member)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	signal(SIGINT, SIG_IGN);
	bench_must(null >= 0 && dup2(null, STDERR_FILENO) >= 0,
	    "/dev/null can't be opened");
	close(null);
	if (member->plan->pinned)
		pin(member->number);
}

/* The key process */

static void
close_all(const int *descriptors, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		close(descriptors[i]);
}

static bool
run_keys(void *context)
{
	const struct member *member = context;
	struct guarded_keys *keys = guarded_keys_new(provider_find("gnutls"),
	    0);
	struct work *owner = work_new(WAY_LOCAL, member->plan->ra, NULL);
	enum err err;

	settle(member);
	close_all(member->channels, member->plan->threads);
	scep_guard_add(work_scep(owner), keys);
	err = key_process_run(keys, member->key_channels, member->plan->threads,
	    KEY_WIRE_WORKER_LIMIT);
	guarded_keys_free(keys);
	work_free(owner);
	return err == ERR_OK;
}

/* The process that works */

struct thread {
	pthread_t id;
	const struct member *member;
	const struct work *work;
	int orders;
};

/* Nobody rests before the time of all is over: whoever goes on alone would
 * have the machine for itself, and end as the fastest. */
static struct report
run_round(const struct thread *thread, int64_t round_us)
{
	const struct crew_plan *plan = thread->member->plan;
	unsigned all = plan->processes * plan->threads;
	struct report report = { 0 };
	int64_t now = clock_monotonic_us(), until = now + round_us, began;
	bool late = false;

	while (!late || atomic_load(thread->member->late) < all) {
		began = now;
		work_do(thread->work);
		report.pieces++;
		now = clock_monotonic_us();
		if (late)
			continue;
		late = now >= until;
		if (late)
			atomic_fetch_add(thread->member->late, 1);
		report.in_time += late ?
		    (double)(until - began) / (double)(now - began) :
		    1;
	}
	return report;
}

/* The first report says that it is there. */
static void *
follow_orders(void *context)
{
	const struct thread *thread = context;
	struct report report = { 0 };
	int64_t order;

	while (send(thread->orders, &report, sizeof(report), MSG_NOSIGNAL) ==
		sizeof(report) &&
	    recv(thread->orders, &order, sizeof(order), 0) == sizeof(order))
		report = run_round(thread, order);
	return NULL;
}

static void
run_threads(const struct member *member, const struct work *work)
{
	unsigned count = member->plan->threads;
	struct thread *threads = xcalloc(count, sizeof(*threads));

	for (unsigned i = 0; i < count; i++) {
		threads[i].member = member;
		threads[i].work = work;
		threads[i].orders = member->own_orders[i];
		bench_must(pthread_create(&threads[i].id, NULL, follow_orders,
			       &threads[i]) == 0,
		    "a thread can't be started");
	}
	for (unsigned i = 0; i < count; i++)
		pthread_join(threads[i].id, NULL);
	free(threads);
}

static struct key_channels *
open_channels(const struct member *member)
{
	struct key_channels *channels;
	enum err err = key_channels_new(member->channels, member->plan->threads,
	    KEY_WIRE_WORKER_LIMIT, &channels);

	bench_must(err == ERR_OK, "channels can't be opened");
	return channels;
}

static bool
run_member(void *context)
{
	const struct member *member = context;
	const struct crew_plan *plan = member->plan;
	struct key_channels *channels = NULL;
	struct work *work;

	if (plan->way == WAY_ISOLATED) {
		close_all(member->key_channels, plan->threads);
		channels = open_channels(member);
	}
	close_all(member->orders, plan->threads);
	work = work_new(plan->way, plan->ra, channels);
	settle(member);
	work_prove(work);
	run_threads(member, work);
	work_free(work);
	key_channels_free(channels);
	return true;
}

/* All of them */

static void
connect_both(int type, unsigned count, int **ones, int **others)
{
	*ones = xcalloc(count, sizeof(**ones));
	*others = xcalloc(count, sizeof(**others));
	for (unsigned i = 0; i < count; i++) {
		int ends[2];

		bench_must(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) ==
			0,
		    "sockets can't be made");
		(*ones)[i] = ends[0];
		(*others)[i] = ends[1];
	}
}

static void
start_member(struct member *member)
{
	unsigned threads = member->plan->threads;
	bool isolated = member->plan->way == WAY_ISOLATED;

	if (isolated) {
		connect_both(SOCK_STREAM, threads, &member->channels,
		    &member->key_channels);
		member->key_pid = child_run(run_keys, member);
		bench_must(member->key_pid > 0,
		    "a key process can't be started");
	}
	connect_both(SOCK_SEQPACKET, threads, &member->orders,
	    &member->own_orders);
	member->pid = child_run(run_member, member);
	bench_must(member->pid > 0, "a process can't be started");
	close_all(member->own_orders, threads);
	if (isolated) {
		close_all(member->channels, threads);
		close_all(member->key_channels, threads);
	}
}

static void
send_orders(const struct crew *crew, int64_t order)
{
	for (unsigned i = 0; i < crew->plan.processes; i++)
		for (unsigned j = 0; j < crew->plan.threads; j++)
			bench_must(send(crew->members[i].orders[j], &order,
				       sizeof(order),
				       MSG_NOSIGNAL) == sizeof(order),
			    "a process has ended");
}

static struct report
receive(int orders)
{
	struct report report;

	bench_must(recv(orders, &report, sizeof(report), 0) == sizeof(report),
	    "a process has ended");
	return report;
}

static struct report
collect(const struct crew *crew)
{
	struct report sum = { 0 };

	for (unsigned i = 0; i < crew->plan.processes; i++)
		for (unsigned j = 0; j < crew->plan.threads; j++) {
			struct report report =
			    receive(crew->members[i].orders[j]);

			sum.in_time += report.in_time;
			sum.pieces += report.pieces;
		}
	return sum;
}

static atomic_uint *
shared_counter(void)
{
	void *shared = mmap(NULL, sizeof(atomic_uint), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	bench_must(shared != MAP_FAILED, "no memory to share");
	return shared;
}

struct crew *
crew_start(const struct crew_plan *plan)
{
	struct crew *crew = xalloc(sizeof(*crew));

	crew->plan = *plan;
	crew->late = shared_counter();
	crew->members = xcalloc(plan->processes, sizeof(*crew->members));
	for (unsigned i = 0; i < plan->processes; i++) {
		struct member *member = &crew->members[i];

		member->plan = &crew->plan;
		member->late = crew->late;
		member->number = i;
		start_member(member);
	}
	collect(crew);
	return crew;
}

static void
wait_for(pid_t pid)
{
	int status;

	bench_must(waitpid(pid, &status, 0) == pid && status == 0,
	    "a process has failed");
}

/* From the last to the first: those that were started later have what the
 * earlier ones are asked by as well. */
void
crew_end(struct crew *crew)
{
	for (unsigned i = crew->plan.processes; i-- > 0;) {
		struct member *member = &crew->members[i];

		close_all(member->orders, crew->plan.threads);
		wait_for(member->pid);
		if (member->key_pid > 0)
			wait_for(member->key_pid);
		free(member->orders);
		free(member->own_orders);
		free(member->channels);
		free(member->key_channels);
	}
	munmap(crew->late, sizeof(*crew->late));
	free(crew->members);
	free(crew);
}

static double
cpu_of(pid_t pid)
{
	clockid_t clock;
	struct timespec time;

	bench_must(clock_getcpuclockid(pid, &clock) == 0 &&
		clock_gettime(clock, &time) == 0,
	    "the time of a process is not known");
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double
cpu_seconds(const struct crew *crew)
{
	double seconds = 0;

	for (unsigned i = 0; i < crew->plan.processes; i++) {
		seconds += cpu_of(crew->members[i].pid);
		if (crew->members[i].key_pid > 0)
			seconds += cpu_of(crew->members[i].key_pid);
	}
	return seconds;
}

struct crew_pace
crew_run(struct crew *crew, int64_t round_us)
{
	double cpu = cpu_seconds(crew);
	struct report sum;

	atomic_store(crew->late, 0);
	send_orders(crew, round_us);
	sum = collect(crew);
	return (struct crew_pace){
		.per_second = sum.in_time * 1e6 / (double)round_us,
		.per_cpu_second = (double)sum.pieces /
		    (cpu_seconds(crew) - cpu),
	};
}
