/* rates.c - see rates.h. */
#include "service/analytics/rates.h"

#include <math.h>

static const double z95 = 1.959963984540054;
static const reel_rate none = {(double)NAN, (double)NAN, (double)NAN};

reel_rate reel__rate(int64_t some, int64_t all)
{
    const double n = (double)all, z2 = z95 * z95;
    const double p = some >= all ? 1 : (double)some / n;
    const double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    const double half = z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);

    if (all <= 0)
        return none;
    return (reel_rate){p, some <= 0 ? 0 : middle - half, some >= all ? 1 : middle + half};
}

reel_rate reel__rate_change(reel_rate now, reel_rate before)
{
    const double difference = now.value - before.value;

    return (reel_rate){
        difference,
        difference - sqrt(pow(now.value - now.low, 2) + pow(before.high - before.value, 2)),
        difference + sqrt(pow(now.high - now.value, 2) + pow(before.value - before.low, 2))};
}

/* Student's t at 97.5 %, by Cornish and Fisher's expansion: within 0.04 from two degrees on. */
static double t95(double degrees)
{
    const double z = z95, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;

    return z + (z3 + z) / (4 * degrees) + (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees * degrees) +
           (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees * degrees * degrees);
}

reel_rate reel__rate_trend(const double *values, size_t count)
{
    const double n = (double)count, middle = (n - 1) / 2;
    double mean = 0, slope = 0, spread = 0, left = 0, half;

    if (count < 4)
        return none;
    for (size_t i = 0; i < count; i++)
        mean += log(values[i]) / n;
    for (size_t i = 0; i < count; i++) {
        slope += ((double)i - middle) * (log(values[i]) - mean);
        spread += ((double)i - middle) * ((double)i - middle);
    }
    slope /= spread;
    for (size_t i = 0; i < count; i++)
        left += pow(log(values[i]) - mean - slope * ((double)i - middle), 2);
    half = t95(n - 2) * sqrt(left / (n - 2) / spread);
    return (reel_rate){expm1(slope), expm1(slope - half), expm1(slope + half)};
}
