/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/file.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "tests/unit/unit.h"

/* A folder of the test's own, which it works in. */
struct fixture {
	char folder[32];
	struct problems *problems;
	struct buf contents;
};

static int
remove_entry(const char *path, const struct stat *status, int type,
    struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
set_up(void **state)
{
	struct fixture *fixture = xalloc(sizeof(*fixture));

	strcpy(fixture->folder, "/tmp/scepd-file-XXXXXX");
	fixture->problems = problems_new();
	*state = fixture;
	if (mkdtemp(fixture->folder) == NULL)
		return -1;
	umask(022);
	return chdir(fixture->folder);
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;
	int status = chdir("/");

	if (nftw(fixture->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS) != 0)
		status = -1;
	problems_free(fixture->problems);
	buf_clear(&fixture->contents);
	free(fixture);
	return status;
}

/* A file made by other means than those that are tested. */
static void
put(const char *path, struct bytes contents, mode_t mode)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	if (contents.size > 0)
		assert_int_equal(fwrite(contents.data, 1, contents.size, file),
		    contents.size);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* One line was reported, an error, that begins with the path and says why. */
static void
assert_reported(struct fixture *fixture, const char *path, const char *why)
{
	const char *text = problems_text(fixture->problems);
	char *start = xasprintf("error: %s: ", path);

	assert_int_equal(problems_count(fixture->problems, PROBLEM_ERROR), 1);
	assert_memory_equal(text, start, strlen(start));
	assert_non_null(strstr(text, why));
	free(start);
}

static void
assert_refused(struct fixture *fixture, const char *path, enum file_kind kind,
    const char *why)
{
	buf_append_string(&fixture->contents, "kept");
	assert_int_equal(file_read(path, kind, 10, &fixture->contents,
			     fixture->problems),
	    ERR_FILE);
	assert_bytes(buf_bytes(&fixture->contents), "kept");
	assert_reported(fixture, path, why);
}

static void
read_appends_the_contents(void **state)
{
	struct fixture *fixture = *state;
	struct bytes contents = BYTES_LITERAL("one\0two\n");

	put("file", contents, 0644);
	put("empty", bytes_of(NULL, 0), 0644);
	buf_append_octet(&fixture->contents, '>');
	assert_int_equal(file_read("file", FILE_PUBLIC, 100, &fixture->contents,
			     fixture->problems),
	    ERR_OK);
	assert_int_equal(file_read("empty", FILE_PUBLIC, 0, &fixture->contents,
			     fixture->problems),
	    ERR_OK);
	assert_bytes(buf_bytes(&fixture->contents), ">one\0two\n");
	assert_string_equal(problems_text(fixture->problems), "");
}

static void
read_takes_as_much_as_the_limit_and_no_more(void **state)
{
	static const size_t limits[] = { 1, 4095, 4096, 4097, 70000 };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(limits); i++) {
		struct buf full = { 0 }, got = { 0 };

		memset(buf_extend(&full, limits[i]), 'x', limits[i]);
		put("full", buf_bytes(&full), 0644);
		assert_int_equal(file_read("full", FILE_PUBLIC, limits[i], &got,
				     fixture->problems),
		    ERR_OK);
		assert_same_bytes(buf_bytes(&got), buf_bytes(&full));
		assert_int_equal(file_read("full", FILE_PUBLIC, limits[i] - 1,
				     &got, fixture->problems),
		    ERR_FILE);
		assert_same_bytes(buf_bytes(&got), buf_bytes(&full));
		buf_clear(&full);
		buf_clear(&got);
	}
	assert_int_equal(problems_count(fixture->problems, PROBLEM_ERROR),
	    COUNT(limits));
	assert_non_null(strstr(problems_text(fixture->problems), "larger"));
}

static void
read_takes_secrets_that_owner_and_group_alone_read(void **state)
{
	static const mode_t modes[] = { 0400, 0600, 0640, 0660, 0700 };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < COUNT(modes); i++) {
		put("secret", bytes_of_string("s"), modes[i]);
		assert_int_equal(file_read("secret", FILE_SECRET, 1,
				     &fixture->contents, fixture->problems),
		    ERR_OK);
		assert_int_equal(unlink("secret"), 0);
	}
	assert_bytes(buf_bytes(&fixture->contents), "sssss");
}

static void
read_refuses_a_secret_that_everybody_can_read(void **state)
{
	put("secret", bytes_of_string("s"), 0644);
	assert_refused(*state, "secret", FILE_SECRET, "chmod");
}

static void
read_refuses_a_secret_that_others_alone_can_read(void **state)
{
	put("secret", bytes_of_string("s"), 0604);
	assert_refused(*state, "secret", FILE_SECRET, "everybody can read");
}

static void
read_looks_through_a_link_at_the_mode(void **state)
{
	put("secret", bytes_of_string("s"), 0644);
	assert_int_equal(symlink("secret", "link"), 0);
	assert_refused(*state, "link", FILE_SECRET, "everybody can read");
}

static void
read_refuses_what_is_not_there(void **state)
{
	assert_refused(*state, "absent", FILE_PUBLIC,
	    "No such file or directory");
}

static void
read_refuses_an_empty_path(void **state)
{
	assert_refused(*state, "", FILE_PUBLIC, "No such file or directory");
}

static void
read_refuses_a_link_that_leads_nowhere(void **state)
{
	assert_int_equal(symlink("link", "link"), 0);
	assert_refused(*state, "link", FILE_PUBLIC, "symbolic links");
}

static void
read_refuses_a_folder(void **state)
{
	assert_int_equal(mkdir("folder", 0755), 0);
	assert_refused(*state, "folder", FILE_PUBLIC, "not a regular file");
}

/* It would wait for a writer for ever. */
static void
read_refuses_a_fifo_at_once(void **state)
{
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_refused(*state, "fifo", FILE_SECRET, "not a regular file");
}

static void
read_refuses_a_socket(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, "socket");
	assert_int_equal(bind(fd, (const struct sockaddr *)&address,
			     sizeof(address)),
	    0);
	assert_refused(*state, "socket", FILE_PUBLIC, "No such device");
	close(fd);
}

static void
read_refuses_a_device(void **state)
{
	assert_refused(*state, "/dev/zero", FILE_PUBLIC, "not a regular file");
}

static void
assert_file(const char *path, struct bytes contents, mode_t mode)
{
	struct stat status;
	struct buf got = { 0 };
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &status), 0);
	assert_int_equal(status.st_mode & 07777, mode);
	got.size = fread(buf_extend(&got, 1000), 1, 1000, file);
	assert_same_bytes(buf_bytes(&got), contents);
	fclose(file);
	buf_clear(&got);
}

static void
create_writes_contents_with_the_mode(void **state)
{
	static const mode_t modes[] = { 0400, 0600, 0640, 0644, 0666 };
	struct fixture *fixture = *state;
	struct bytes contents = BYTES_LITERAL("key\0\n");

	umask(077);
	for (size_t i = 0; i < COUNT(modes); i++) {
		assert_int_equal(file_create("new", modes[i], contents,
				     fixture->problems),
		    ERR_OK);
		assert_file("new", contents, modes[i]);
		assert_int_equal(unlink("new"), 0);
	}
	assert_int_equal(file_create("empty", 0600, bytes_of(NULL, 0),
			     fixture->problems),
	    ERR_OK);
	assert_file("empty", bytes_of(NULL, 0), 0600);
	assert_string_equal(problems_text(fixture->problems), "");
}

static void
create_leaves_what_is_there(void **state)
{
	struct fixture *fixture = *state;

	put("old", bytes_of_string("old"), 0640);
	assert_int_equal(file_create("old", 0600, bytes_of_string("new"),
			     fixture->problems),
	    ERR_FILE);
	assert_file("old", bytes_of_string("old"), 0640);
	assert_reported(fixture, "old", "exists already");
}

static void
create_does_not_follow_a_link(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(symlink("target", "link"), 0);
	assert_int_equal(file_create("link", 0600, bytes_of_string("new"),
			     fixture->problems),
	    ERR_FILE);
	assert_int_equal(access("target", F_OK), -1);
	assert_reported(fixture, "link", "exists already");
}

static void
create_refuses_a_folder_that_is_not_there(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(file_create("absent/new", 0600, bytes_of_string("new"),
			     fixture->problems),
	    ERR_FILE);
	assert_reported(fixture, "absent/new", "No such file or directory");
}

static void
create_leaves_no_half_written_file(void **state)
{
	struct fixture *fixture = *state;
	struct rlimit before, limit;
	struct buf contents = { 0 };
	enum err err;

	memset(buf_extend(&contents, 5000), 'x', 5000);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ 1000, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	err = file_create("new", 0600, buf_bytes(&contents), fixture->problems);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(err, ERR_FILE);
	assert_int_equal(access("new", F_OK), -1);
	assert_reported(fixture, "new", "File too large");
	buf_clear(&contents);
}

static void
path_beside_stands_in_the_same_folder(void **state)
{
	static const struct {
		const char *beside;
		const char *path;
		const char *result;
	} rows[] = {
		{ "scepd.conf", "ca.pem", "ca.pem" },
		{ "/etc/scepd/scepd.conf", "ca.pem", "/etc/scepd/ca.pem" },
		{ "/etc/scepd/scepd.conf", "ca/ca.pem",
		    "/etc/scepd/ca/ca.pem" },
		{ "/etc/scepd/scepd.conf", "../ca.pem",
		    "/etc/scepd/../ca.pem" },
		{ "/etc/scepd/scepd.conf", "/srv/ca.pem", "/srv/ca.pem" },
		{ "etc/scepd.conf", "ca.pem", "etc/ca.pem" },
		{ "./scepd.conf", "ca.pem", "./ca.pem" },
		{ "/scepd.conf", "ca.pem", "/ca.pem" },
		{ "etc/", "ca.pem", "etc/ca.pem" },
		{ "etc/100%s", "%n", "etc/%n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *path = file_path_beside(rows[i].beside, rows[i].path);

		assert_string_equal(path, rows[i].result);
		free(path);
	}
}

static void
the_folder_of_a_file_is_found(void **state)
{
	static const struct {
		const char *path;
		const char *folder;
	} rows[] = { { "/a/b", "/a" }, { "a", "." }, { "a/b/", "a" },
		{ "/a", "/" } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *folder = file_folder_of(rows[i].path);

		assert_string_equal(folder, rows[i].folder);
		free(folder);
	}
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(read_appends_the_contents),
		cmocka_unit_test(the_folder_of_a_file_is_found),
		IN_FOLDER(read_takes_as_much_as_the_limit_and_no_more),
		IN_FOLDER(read_takes_secrets_that_owner_and_group_alone_read),
		IN_FOLDER(read_refuses_a_secret_that_everybody_can_read),
		IN_FOLDER(read_refuses_a_secret_that_others_alone_can_read),
		IN_FOLDER(read_looks_through_a_link_at_the_mode),
		IN_FOLDER(read_refuses_what_is_not_there),
		IN_FOLDER(read_refuses_an_empty_path),
		IN_FOLDER(read_refuses_a_link_that_leads_nowhere),
		IN_FOLDER(read_refuses_a_folder),
		IN_FOLDER(read_refuses_a_fifo_at_once),
		IN_FOLDER(read_refuses_a_socket),
		IN_FOLDER(read_refuses_a_device),
		IN_FOLDER(create_writes_contents_with_the_mode),
		IN_FOLDER(create_leaves_what_is_there),
		IN_FOLDER(create_does_not_follow_a_link),
		IN_FOLDER(create_refuses_a_folder_that_is_not_there),
		IN_FOLDER(create_leaves_no_half_written_file),
		cmocka_unit_test(path_beside_stands_in_the_same_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
