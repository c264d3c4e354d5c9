/* service/engine/ease_channels.h - whether `ease` learns from disliked films, too. On most data
 * that makes better lists; where people come upon what they dislike by its fame alone it makes
 * worse ones. Small data are asked. Layer: service. Threads: no state of its own.
 */
#ifndef REEL_SERVICE_EASE_CHANNELS_H
#define REEL_SERVICE_EASE_CHANNELS_H

#include "reel/dataset.h"
#include "reel/model.h"

/* liked [out]: liked films alone find what was held out of the training data better, beyond what
 * chance does (95 %). Never so of more than 2,000 films, where the answer takes too long, of fewer
 * than 200, and where fewer than 30 people can be asked. context: threads, cancel and memory of the
 * fits, of which there are two, on four fifths of what was liked. Errors: E_NOMEM, E_CANCELLED,
 * those of a fit. */
REEL_MUST_USE reel_code reel__ease_likes_alone(bool *liked, const reel_dataset *training,
                                               const reel_fit_context *context, reel_err *err);

#endif
