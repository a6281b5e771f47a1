package org.dmabuf.video.queue;

/**
 * Whether a queue's device may have its buffers, and how far it has come with them.
 *
 * <pre>
 *   OFF --on, enough queued--> RUNNING --off--> STOPPING --device is done--> OFF
 *     \---on, too few--> WAITING --enough queued--^
 *
 *   progress    GOING --last frame--> ENDED --it is dequeued--> LAST_DEQUEUED (EPIPE)  \__ off, GOING
 *               GOING --the device cannot go on--> BROKEN (EIO)                        /
 * </pre>
 *
 * <p>Guarded by its queue. Kernel counterpart: {@code streaming}, {@code start_streaming_called},
 * {@code error} and {@code last_buffer_dequeued} of {@code struct vb2_queue}.
 */
final class Stream {
  private enum State {
    OFF,
    WAITING,
    RUNNING,
    STOPPING
  }

  private enum Progress {
    GOING,
    ENDED,
    LAST_DEQUEUED,
    BROKEN
  }

  private State state = State.OFF;
  private Progress progress = Progress.GOING;

  /** Counts the streams, so that what belongs to an earlier one is known. */
  private long number;

  private long sequence;

  /** Where the next stream begins: not from 0 when it goes on with a predecessor's. */
  private long first;

  boolean isOff() {
    return state == State.OFF;
  }

  boolean isStopping() {
    return state == State.STOPPING;
  }

  /** Whether buffers can be dequeued, now or later. */
  boolean isOn() {
    return state == State.WAITING || state == State.RUNNING;
  }

  boolean isRunning() {
    return state == State.RUNNING;
  }

  void begin() {
    state = State.WAITING;
    number++;
    sequence = first;
    first = 0;
  }

  /** The next stream goes on with one that a predecessor could not end. */
  void continueFrom(long next) {
    first = next;
  }

  /** Returns where the next stream is to begin; 0 unless it goes on with a predecessor's. */
  long first() {
    return first;
  }

  /** Returns the number of the next frame. */
  long sequence() {
    return sequence;
  }

  /** Lets the device begin; returns whether that is new. */
  boolean run() {
    boolean begins = state == State.WAITING;
    if (begins) {
      state = State.RUNNING;
    }
    return begins;
  }

  /** Ends it; returns whether the device has to be told. */
  boolean stop() {
    boolean runs = state == State.RUNNING;
    state = State.STOPPING;
    return runs;
  }

  void stopped() {
    state = State.OFF;
    progress = Progress.GOING;
  }

  long number() {
    return number;
  }

  long nextSequence() {
    return sequence++;
  }

  /** The device has come to its last frame. */
  void ended() {
    progress = Progress.ENDED;
  }

  /** Whether the device does nothing more. */
  boolean isEnded() {
    return progress != Progress.GOING;
  }

  void lastDequeued() {
    progress = Progress.LAST_DEQUEUED;
  }

  boolean isLastDequeued() {
    return progress == Progress.LAST_DEQUEUED;
  }

  void broken() {
    progress = Progress.BROKEN;
  }

  boolean isBroken() {
    return progress == Progress.BROKEN;
  }
}
