/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/problems.h"
#include "tests/unit/store_contract_active.h"
#include "tests/unit/store_contract_alarms.h"
#include "tests/unit/store_contract_challenges.h"
#include "tests/unit/store_contract_notifications.h"
#include "tests/unit/store_contract_withheld.h"

static int
open_store(void **state)
{
	*state = store_new_memory();
	return 0;
}

static int
close_store(void **state)
{
	store_close(*state);
	return 0;
}

static void
what_is_in_memory_is_not_copied(void **state)
{
	struct problems *problems = problems_new();

	assert_int_equal(store_backup(*state, "/tmp/copy", problems), ERR_FILE);
	assert_string_equal(problems_text(problems),
	    "error: /tmp/copy: a store in memory can't be copied\n");
	problems_free(problems);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT_TRANSACTIONS,
		CONTRACT_CERTIFICATES,
		CONTRACT_ACTIVE,
		CONTRACT_ALARMS,
		CONTRACT_REPLACES,
		CONTRACT_WITHHELD,
		CONTRACT_NOTIFICATIONS,
		CONTRACT_CHALLENGES,
		CONTRACT_TEST(what_is_in_memory_is_not_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
