/* report/answer.h - the analyses as JSON, for programs and for pages that draw by themselves.
 * Layer: report. Threads: no state.
 */
#ifndef REEL_REPORT_ANSWER_H
#define REEL_REPORT_ANSWER_H

#include "base/json.h"
#include "report/figure.h"

/* Members of the caller's object: "source","simulated","tmdb","movies","people","ratings","mean"
 * and "figures":[{"figure","absent","finding","rows","columns":[{"name","kind","values":[…]}]}].
 * Columns are as long as each other; where an analysis has more rows than anybody could see in a
 * line
 * (`rows` says how many), some of them are left out, the first fifty and the last of each line
 * never. Errors stay in the buffer. */
void reel__answer_write(reel_json *json, const reel_facts *facts,
                        const reel_figure figures[REEL_FIGURES]);

#endif
