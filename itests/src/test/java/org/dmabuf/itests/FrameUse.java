package org.dmabuf.itests;

import java.util.OptionalInt;
import org.dmabuf.negotiation.ImporterNeeds;

/**
 * One device's part in a frame cycle, on one buffer.
 *
 * <pre>
 *   begin(buffer) --> for each frame: submit --> complete --> end()
 * </pre>
 */
interface FrameUse {
  /** How those that use a buffer wait for each other. */
  enum Fencing {
    /** By the fences in the reservation. */
    IMPLICIT,
    /** By sync files that go from one to the next. */
    EXPLICIT,
    /** Not at all: the program waits. */
    NONE
  }

  /** What the device does with the buffer. */
  enum Role {
    WRITES,
    READS
  }

  /** Returns what it is called in the table. */
  String name();

  /** Returns what a buffer must be like for it. */
  ImporterNeeds needs();

  /** Takes the buffer; what the device throws when it cannot. */
  void begin(SharedFrame frame, Role role, Fencing fencing);

  /**
   * Gives the device the next frame's turn.
   *
   * @param inFence the sync file that it waits for; empty for none
   * @param wantsOutFence whether one for when it is done is wanted
   * @return that; empty for none
   */
  OptionalInt submit(OptionalInt inFence, boolean wantsOutFence);

  /** Waits until the device is done with the frame; fails when the frame has. */
  void complete();

  /** Checks what the device has made of the frames, by checksum. */
  void check(int frames);

  /** Lets go of the buffer. */
  void end();
}
