/* par.c - thread counts by the size of the work, so that small work stays on one thread. */
#include "num/par.h"

#include <omp.h>

int reel__par_threads(double work, double grain, int max)
{
    const double wanted = work / grain;
    const int most = max > 0 ? max : omp_get_num_procs();

    if (!(wanted >= 2.0) || most < 2)
        return 1;
    return wanted < (double)most ? (int)wanted : most;
}
