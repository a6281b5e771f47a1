package org.dmabuf.pipeline.internal;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.dmabuf.pipeline.PipelineCounters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The books of a pipeline: it is told what capture wrote and what the display read, and finds what
 * is missing, doubled, out of order or different. It knows nothing of how frames are moved.
 *
 * <pre>
 *   shown tickets wait here in the order of their flips until capture's word is there, too:
 *     shown:  [7] [8] [9]        settled: source index compared with the one before,
 *      ^--- capture said DONE             written checksum with the read one
 * </pre>
 *
 * <p>Written by the pipeline's thread, read by any; its monitor is held for nothing else.
 */
final class FrameLedger {
  private static final Logger LOG = LoggerFactory.getLogger(FrameLedger.class);
  private static final long NONE = -1;
  private static final int MOST_LATE = 1024;
  private static final long HIGHEST_MICROS = 3_600_000_000L;

  private final String pipeline;
  private final boolean live;
  private final Queue<Ticket> shown = new ArrayDeque<>();
  // Source indices of frames that failed or were counted as lost already.
  private final Set<Long> accounted = new HashSet<>();
  // Source indices that were left out, of which some may still come.
  private final Set<Long> late = new HashSet<>();
  private final Histogram latency = new Histogram(HIGHEST_MICROS, 3);
  private long captured;
  private long displayed;
  private long lost;
  private long repeated;
  private long outOfOrder;
  private long errors;
  private long dropped;
  private long mismatches;
  private long written;
  private long read;
  private long lastIndex = NONE;

  FrameLedger(String pipeline, boolean live) {
    this.pipeline = pipeline;
    this.live = live;
  }

  synchronized void captured(long bytes) {
    captured++;
    written += bytes;
  }

  synchronized void failed(long sourceIndex) {
    errors++;
    accounted.add(sourceIndex);
  }

  /** A ticket was shown for the first time. */
  synchronized void shown(Ticket ticket, long bytes) {
    displayed++;
    read += bytes;
    shown.add(ticket);
  }

  /** A flip was reported for a frame that is not in flight any more. */
  synchronized void shownAgain(long cookie) {
    repeated++;
    LOG.warn("{}: frame {} came onto the screen again", pipeline, cookie);
  }

  /** A captured frame will not be shown. */
  synchronized void lost(Ticket ticket) {
    lost++;
    accounted.add(ticket.sourceIndex());
    LOG.warn("{}: frame {} was captured and not displayed", pipeline, ticket.sourceIndex());
  }

  /** Compares what is complete; called whenever capture or display has said something. */
  synchronized void settle() {
    for (Ticket first = shown.peek();
        first != null && first.isCaptureOver();
        first = shown.peek()) {
      shown.remove();
      settle(first);
    }
  }

  synchronized PipelineCounters counters() {
    return new PipelineCounters(
        captured,
        displayed,
        lost,
        repeated,
        outOfOrder,
        errors,
        dropped,
        mismatches,
        written,
        read,
        new PipelineCounters.Latency(
            latency.getValueAtPercentile(50),
            latency.getValueAtPercentile(99),
            latency.getMaxValue()));
  }

  private void settle(Ticket ticket) {
    if (ticket.capture() != Ticket.Capture.DONE) {
      mismatches++;
      LOG.warn("{}: a frame that capture did not complete was displayed", pipeline);
      return;
    }
    if (ticket.writtenChecksum() != ticket.readChecksum()) {
      mismatches++;
      LOG.warn(
          "{}: frame {} was written with checksum {} and read with {}",
          pipeline,
          ticket.sourceIndex(),
          Integer.toHexString(ticket.writtenChecksum()),
          Integer.toHexString(ticket.readChecksum()));
    }
    long index = ticket.sourceIndex();
    if (index > lastIndex) {
      countMissing(index);
      lastIndex = index;
    } else if (late.remove(index)) {
      addMissing(-1);
      outOfOrder++;
      LOG.warn("{}: frame {} was displayed after frame {}", pipeline, index, lastIndex);
    } else {
      displayed--;
      repeated++;
      LOG.warn("{}: frame {} of the source was displayed again", pipeline, index);
    }
    long micros = Math.max(0, ticket.shownNanos() - ticket.capturedNanos()) / 1_000;
    latency.recordValue(Math.min(micros, HIGHEST_MICROS));
  }

  /** A live source leaves out what it dropped; with others a gap is a loss. */
  private void countMissing(long index) {
    // The position belongs to the source: a pipeline may begin in the middle.
    long first = lastIndex == NONE ? index : lastIndex + 1;
    Set<Long> known = new HashSet<>(accounted);
    known.removeIf(one -> one < first || one >= index);
    accounted.removeAll(known);
    long missing = index - first - known.size();
    if (missing == 0) {
      return;
    }
    addMissing(missing);
    if (!live) {
      LOG.warn("{}: {} frames of the source before {} did not arrive", pipeline, missing, index);
    }
    for (long one = first; one < index && late.size() < MOST_LATE; one++) {
      if (!known.contains(one)) {
        late.add(one);
      }
    }
  }

  private void addMissing(long count) {
    if (live) {
      dropped += count;
    } else {
      lost += count;
    }
  }
}
