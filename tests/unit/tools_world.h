/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef SCEPD_TESTS_UNIT_TOOLS_WORLD_H
#define SCEPD_TESTS_UNIT_TOOLS_WORLD_H

/*
 * What the tests of a client share: a world in which all servers are the
 * endpoints of a lab, whose answers can be spoiled, and where waiting takes no
 * time.  Each test runs in a new folder (conf_fixture.h).
 */
#include "store/store.h"
#include "tests/fakes/lab.h"
#include "tests/unit/conf_fixture.h"
#include "tools/client.h"
#include "tools/options.h"

#define URL "http://lab/scep"
#define MAX_WORDS 32

static struct {
	struct lab *lab;
	void (*spoil)(const struct http_request *request,
	    struct http_answer *answer);
	bool (*decide)(const struct transaction *transaction);
	size_t waits;    /* how often the client has waited */
	size_t requests; /* how many it has made */
	struct buf told;
} world;

static inline bool
world_decide(void *context, const struct transaction *transaction)
{
	(void)context;
	return world.decide(transaction);
}

/* While a client waits, somebody decides about what is held. */
static inline void
world_wait(int64_t seconds)
{
	struct transaction_filter filter = { .states = 1u << TRANSACTION_HELD };

	assert_true(seconds > 0);
	world.waits++;
	if (world.decide != NULL)
		assert_int_equal(store_list(world.lab->store, &filter,
				     INT64_MAX, world_decide, NULL),
		    ERR_OK);
}

static inline void
world_tell(const char *line)
{
	buf_printf(&world.told, "%s\n", line);
}

static inline int64_t
world_now(void)
{
	return LAB_NOW;
}

/* The URL's path and query go to the lab; its host is anybody's. */
static inline enum err
world_exchange(const struct http_request *request, struct http_answer *answer,
    struct problems *problems)
{
	const char *path = strchr(request->url + strlen("http://"), '/');
	const char *query = strchr(path, '?');
	struct scep_exchange exchange = {
		.method = request->post ? BYTES_LITERAL("POST") :
					  BYTES_LITERAL("GET"),
		.path = bytes_of(path, (size_t)(query - path)),
		.query = bytes_of_string(query + 1),
		.body = request->body,
	};

	(void)problems;
	world.requests++;
	lab_serve(world.lab, &exchange);
	answer->status = exchange.status;
	buf_append_string(&answer->content_type, exchange.content_type);
	answer->body = exchange.reply;
	if (world.spoil != NULL)
		world.spoil(request, answer);
	return ERR_OK;
}

static const struct client_world test_world = { world_exchange, world_wait,
	world_tell, world_now };

/* Opens the lab with this configuration; its certificates are in ca.pem and
 * ra.pem. */
static inline void
world_open(const char *configuration)
{
	static const char *const names[] = { "ca.pem", "ra.pem" };

	world.lab = lab_open(configuration);
	for (size_t i = 0; i < COUNT(names); i++) {
		char *vector = xasprintf("ca/%s", names[i]);
		struct buf text = lab_vector(vector);

		put_mode(names[i], buf_bytes(&text), 0644);
		buf_clear(&text);
		free(vector);
	}
}

static inline void
world_close(void)
{
	lab_free(world.lab);
	buf_clear(&world.told);
	memset(&world, 0, sizeof(world));
}

typedef enum err world_command(const struct client_world *in,
    struct options_words words, struct buf *output, struct problems *problems);

/* Runs the words of `line`, which blanks are between and behind. */
static inline enum err
world_run(world_command *run, const char *line, struct buf *output,
    struct problems *problems)
{
	char *items[MAX_WORDS + 1] = { NULL };
	char *copy = xstrdup(line), *at = copy;
	struct options_words words = { items, 0 };
	enum err err;

	for (char *word; (word = strsep(&at, " ")) != NULL;)
		if (*word != '\0')
			items[words.count++] = word;
	err = run(&test_world, words, output, problems);
	free(copy);
	return err;
}

/* Runs it, and compares error and findings; what was printed is the
 * caller's. */
static inline struct buf
world_output(world_command *run, const char *line, enum err expected,
    const char *findings)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };
	enum err err = world_run(run, line, &output, problems);

	assert_string_equal(problems_text(problems), findings);
	assert_int_equal(err, expected);
	problems_free(problems);
	return output;
}

static inline void
world_runs(world_command *run, const char *line, enum err expected,
    const char *findings)
{
	struct buf output = world_output(run, line, expected, findings);

	if (expected != ERR_OK)
		assert_int_equal(output.size, 0);
	buf_clear(&output);
}

/* Whether what it finds has these words in it, among others. */
static inline void
world_complains(world_command *run, const char *line, enum err expected,
    const char *words)
{
	struct problems *problems = problems_new();
	struct buf output = { 0 };
	enum err err = world_run(run, line, &output, problems);

	if (err != expected || strstr(problems_text(problems), words) == NULL)
		fail_msg("%s: %s, %s; want %s", line, err_name(err),
		    problems_text(problems), words);
	buf_clear(&output);
	problems_free(problems);
}

#endif
