/* simulate_write.c - what came of a simulation, with intervals over its seeds. */
#include <math.h>

#include "service/simulate/simulate.h"

/* Two-sided 95 % points of Student's t, by degrees of freedom from 1 on. */
static const double t95[REEL_SIMULATE_SEEDS - 1] = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201,  2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080,  2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045};

/* A seed's mean over some days. */
static double mean_of(const reel_simulation *s, const double *values, reel_simulate_arm arm,
                      int seed, int from, int to)
{
    double sum = 0;

    for (int day = from; day < to; day++)
        sum += values[((size_t)arm * (size_t)s->opts.days + (size_t)day) * (size_t)s->opts.seeds +
                      (size_t)seed];
    return sum / (double)(to - from);
}

reel_interval reel__seeds_interval(const double *each, int seeds)
{
    double mean = 0, squares = 0, half;

    for (int seed = 0; seed < seeds; seed++)
        mean += each[seed] / seeds;
    for (int seed = 0; seed < seeds; seed++)
        squares += pow(each[seed] - mean, 2);
    half = seeds < 2 ? (double)NAN : t95[seeds - 2] * sqrt(squares / (seeds - 1) / seeds);
    return (reel_interval){mean, mean - half, mean + half};
}

reel_interval reel__simulation_mean(const reel_simulation *s, reel_simulate_arm arm, bool clicked,
                                    int from, int to, reel_simulate_arm less)
{
    const double *values = clicked ? s->clicked : s->ndcg;
    double each[REEL_SIMULATE_SEEDS];

    for (int seed = 0; seed < s->opts.seeds; seed++)
        each[seed] = mean_of(s, values, arm, seed, from, to) -
                     (less < REEL_ARMS ? mean_of(s, values, less, seed, from, to) : 0);
    return reel__seeds_interval(each, s->opts.seeds);
}

/* ---- as JSON ------------------------------------------------------------------------------- */

void reel__put_interval(reel_json *json, const char *key, reel_interval interval)
{
    reel__json_key(json, key);
    reel__json_array(json);
    reel__json_real(json, interval.low);
    reel__json_real(json, interval.mean);
    reel__json_real(json, interval.high);
    reel__json_array_end(json);
}

static void put_days(reel_json *json, const reel_simulation *s, reel_simulate_arm arm)
{
    reel__json_key(json, "days");
    reel__json_array(json);
    for (int day = 0; day < s->opts.days; day++) {
        reel__json_object(json);
        reel__json_put_int(json, "day", day + 1);
        reel__put_interval(json, "ndcg@10",
                           reel__simulation_mean(s, arm, false, day, day + 1, REEL_ARMS));
        reel__put_interval(json, "clicked",
                           reel__simulation_mean(s, arm, true, day, day + 1, REEL_ARMS));
        reel__json_object_end(json);
    }
    reel__json_array_end(json);
}

static void put_looked(reel_json *json, const reel_simulation *s, reel_simulate_arm arm)
{
    reel__json_key(json, "looked_at");
    if (s->looked[arm][0] <= 0) {
        reel__json_null(json);
        return;
    }
    reel__json_array(json);
    for (int k = 0; k < s->opts.list; k++)
        reel__json_real(json, s->looked[arm][k]);
    reel__json_array_end(json);
}

static void put_arm(reel_json *json, const reel_simulation *s, reel_simulate_arm arm)
{
    const int days = s->opts.days, week = days < 7 ? 0 : days - 7;

    reel__json_object(json);
    reel__json_put_text(json, "arm", reel__simulate_arm_name(arm));
    reel__put_interval(json, "ndcg@10_last_week",
                       reel__simulation_mean(s, arm, false, week, days, REEL_ARMS));
    reel__put_interval(json, "clicked_last_week",
                       reel__simulation_mean(s, arm, true, week, days, REEL_ARMS));
    if (s->opts.arms[REEL_ARM_FROZEN] && arm != REEL_ARM_FROZEN) {
        reel__put_interval(json, "ndcg@10_less_frozen",
                           reel__simulation_mean(s, arm, false, week, days, REEL_ARM_FROZEN));
        reel__put_interval(json, "clicked_less_frozen",
                           reel__simulation_mean(s, arm, true, week, days, REEL_ARM_FROZEN));
        reel__put_interval(json, "clicked_less_frozen_all_days",
                           reel__simulation_mean(s, arm, true, 0, days, REEL_ARM_FROZEN));
    }
    put_looked(json, s, arm);
    put_days(json, s, arm);
    reel__json_object_end(json);
}

void reel__simulation_write(reel_json *json, const reel_simulation *s)
{
    reel__json_object(json);
    reel__json_put_text(json, "taste", s->opts.movielens != NULL ? s->opts.movielens : "invented");
    reel__json_put_int(json, "people", s->people);
    reel__json_put_int(json, "movies", s->movies);
    reel__json_put_int(json, "days", s->opts.days);
    reel__json_put_int(json, "every", s->opts.every);
    reel__json_put_int(json, "editorial", s->opts.editorial);
    reel__json_put_int(json, "seeds", s->opts.seeds);
    reel__json_put_int(json, "seed", (int64_t)s->opts.seed);
    reel__json_put_real(json, "fading", s->opts.manner.fading);
    reel__json_put_real(json, "rates", s->opts.manner.rates);
    reel__json_put_int(json, "trainings", s->trainings);
    reel__json_key(json, "arms");
    reel__json_array(json);
    for (int a = 0; a < REEL_ARMS; a++)
        if (s->opts.arms[a])
            put_arm(json, s, (reel_simulate_arm)a);
    reel__json_array_end(json);
    reel__json_object_end(json);
}

/* ---- as rows ------------------------------------------------------------------------------- */

static void add_row(reel_buf *out, const reel_simulation *s, reel_simulate_arm arm, int day,
                    bool clicked)
{
    const reel_interval i = reel__simulation_mean(s, arm, clicked, day, day + 1, REEL_ARMS);

    reel__buf_format(out, "%s,%d,%s,", reel__simulate_arm_name(arm), day + 1,
                     clicked ? "clicked" : "ndcg@10");
    if (isnan(i.low))
        reel__buf_format(out, ",%.6f,\n", i.mean);
    else
        reel__buf_format(out, "%.6f,%.6f,%.6f\n", i.low, i.mean, i.high);
}

void reel__simulation_rows(reel_buf *out, const reel_simulation *s)
{
    reel__buf_text(out, "arm,day,measure,low,mean,high\n");
    for (int a = 0; a < REEL_ARMS; a++)
        for (int day = 0; s->opts.arms[a] && day < s->opts.days; day++) {
            add_row(out, s, (reel_simulate_arm)a, day, false);
            add_row(out, s, (reel_simulate_arm)a, day, true);
        }
}
