/* The executor: order, posting from jobs and from many threads, its end. */

#include "test.h"

#include <pthread.h>

#include "caifs/container.h"
#include "caifs/executor.h"
#include "parking.h"

struct step {
	struct job job;
	struct executor *executor;
	struct bell *bell;
	int *log, *length; /* written by the executor's thread alone */
	int number, again;
	pthread_t ran_on;
};

static void run(struct job *job)
{
	struct step *step = container_of(job, struct step, job);

	step->ran_on = pthread_self();
	step->log[(*step->length)++] = step->number;
	if (step->again-- > 0)
		executor_post(step->executor, job);
	else if (step->bell)
		bell_ring(step->bell);
}

static void runs_jobs_in_the_order_they_came(void **state)
{
	enum { STEPS = 1000 };
	static struct step steps[STEPS];
	static int log[STEPS];
	struct executor *executor;
	int length = 0;

	(void)state;
	assert_int_equal(executor_create("test", &executor), 0);
	for (int i = 0; i < STEPS; i++) {
		steps[i] = (struct step){
			.job.run = run,
			.log = log,
			.length = &length,
			.number = i,
		};
		executor_post(executor, &steps[i].job);
	}
	assert_null(executor_destroy(executor));
	assert_int_equal(length, STEPS);
	for (int i = 0; i < STEPS; i++)
		assert_int_equal(log[i], i);
}

static void runs_them_on_one_thread_that_is_not_the_posters(void **state)
{
	struct executor *executor;
	struct step a, b;
	int log[2], length = 0;

	(void)state;
	a = b = (struct step){.job.run = run, .log = log, .length = &length};
	assert_int_equal(executor_create("test", &executor), 0);
	executor_post(executor, &a.job);
	executor_post(executor, &b.job);
	executor_destroy(executor);
	assert_true(pthread_equal(a.ran_on, b.ran_on));
	assert_false(pthread_equal(a.ran_on, pthread_self()));
}

static void a_job_may_be_posted_again_while_it_runs(void **state)
{
	struct executor *executor;
	int log[101], length = 0;
	struct step step;
	struct bell bell;

	(void)state;
	bell_init(&bell);
	assert_int_equal(executor_create("test", &executor), 0);
	step = (struct step){
		.job.run = run,
		.executor = executor,
		.bell = &bell,
		.log = log,
		.length = &length,
		.again = 100,
	};
	executor_post(executor, &step.job);
	bell_wait(&bell, 1);
	executor_destroy(executor);
	assert_int_equal(length, 101);
	bell_finish(&bell);
}

static void what_a_job_posts_at_the_end_still_runs(void **state)
{
	struct executor *executor;
	int log[4], length = 0;
	struct step step;

	(void)state;
	assert_int_equal(executor_create("test", &executor), 0);
	step = (struct step){
		.job.run = run,
		.executor = executor,
		.log = log,
		.length = &length,
		.again = 3,
	};
	executor_post(executor, &step.job);
	executor_destroy(executor);
	assert_int_equal(length, 4);
}

struct freed {
	struct job job;
	int *count;
};

static void run_and_free(struct job *job)
{
	struct freed *freed = container_of(job, struct freed, job);

	(*freed->count)++;
	free(freed);
}

static void a_job_may_free_itself(void **state)
{
	struct executor *executor;
	int count = 0;

	(void)state;
	assert_int_equal(executor_create("test", &executor), 0);
	for (int i = 0; i < 100; i++) {
		struct freed *freed = test_alloc(sizeof(*freed));

		*freed = (struct freed){{.run = run_and_free}, &count};
		executor_post(executor, &freed->job);
	}
	executor_destroy(executor);
	assert_int_equal(count, 100);
}

enum { POSTERS = 4, POSTS = 500 };

struct poster {
	pthread_t thread;
	struct executor *executor;
	struct step steps[POSTS];
};

static void *post_all(void *data)
{
	struct poster *poster = data;

	for (int i = 0; i < POSTS; i++)
		executor_post(poster->executor, &poster->steps[i].job);
	return NULL;
}

static void each_poster_sees_its_own_order(void **state)
{
	static struct poster posters[POSTERS];
	static int log[POSTERS * POSTS];
	struct executor *executor;
	int length = 0, seen[POSTERS] = {0};

	(void)state;
	assert_int_equal(executor_create("test", &executor), 0);
	for (int p = 0; p < POSTERS; p++) {
		posters[p].executor = executor;
		for (int i = 0; i < POSTS; i++)
			posters[p].steps[i] = (struct step){
				.job.run = run,
				.log = log,
				.length = &length,
				.number = p * POSTS + i,
			};
		assert_int_equal(pthread_create(&posters[p].thread, NULL,
						post_all, &posters[p]),
				 0);
	}
	for (int p = 0; p < POSTERS; p++)
		pthread_join(posters[p].thread, NULL);
	executor_destroy(executor);
	assert_int_equal(length, POSTERS * POSTS);
	for (int i = 0; i < length; i++)
		assert_int_equal(log[i] % POSTS, seen[log[i] / POSTS]++);
}

static void none_may_be_destroyed(void **state)
{
	(void)state;
	assert_null(executor_destroy(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_jobs_in_the_order_they_came),
		cmocka_unit_test(
			runs_them_on_one_thread_that_is_not_the_posters),
		cmocka_unit_test(a_job_may_be_posted_again_while_it_runs),
		cmocka_unit_test(what_a_job_posts_at_the_end_still_runs),
		cmocka_unit_test(a_job_may_free_itself),
		cmocka_unit_test(each_poster_sees_its_own_order),
		cmocka_unit_test(none_may_be_destroyed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
