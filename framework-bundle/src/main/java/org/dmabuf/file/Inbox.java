package org.dmabuf.file;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Messages with files on their way to a client; each file in flight is held by its message.
 *
 * <pre>
 *   sender's table --send--> [ file, file ] [ file ] --receive--> receiver's table
 *                             oldest
 * </pre>
 *
 * <p>Thread-safe; files are handed to callers, who put them without the monitor. Kernel
 * counterpart: {@code SCM_RIGHTS} over a socket pair.
 */
final class Inbox {
  /** The most files of one message. */
  static final int MOST_OF_A_MESSAGE = 253;

  private final String owner;
  private final int limit;
  private final ArrayDeque<List<OpenFile>> messages = new ArrayDeque<>();
  private int inFlight;
  private boolean closed;

  /**
   * Makes an empty one.
   *
   * @param limit the most files in flight
   */
  Inbox(String owner, int limit) {
    this.owner = owner;
    this.limit = limit;
  }

  /** Takes a message over: EINVAL when it is too large, ETOOMANYREFS when too many wait, EPIPE. */
  synchronized void add(List<OpenFile> files) {
    if (closed) {
      throw new DmaBufException(
          Errno.EPIPE, files.size() + " files were sent to " + owner + ", which has stopped");
    }
    if (files.isEmpty() || files.size() > MOST_OF_A_MESSAGE) {
      throw new DmaBufException(
          Errno.EINVAL,
          files.size() + " files were sent to " + owner + " at once; 1 to 253 would work");
    }
    if (inFlight + files.size() > limit) {
      throw new DmaBufException(
          Errno.ETOOMANYREFS,
          files.size()
              + " files were sent to "
              + owner
              + ", which has not received "
              + inFlight
              + " yet; "
              + limit
              + " may be on their way");
    }
    messages.add(List.copyOf(files));
    inFlight += files.size();
  }

  /** Takes the oldest message out; EAGAIN when there is none. */
  synchronized List<OpenFile> take() {
    if (messages.isEmpty()) {
      throw new DmaBufException(Errno.EAGAIN, "No files are on their way to " + owner);
    }
    List<OpenFile> oldest = messages.poll();
    inFlight -= oldest.size();
    return oldest;
  }

  /** Ends it and returns what was never received. */
  synchronized List<OpenFile> close() {
    closed = true;
    List<OpenFile> left = new ArrayList<>();
    messages.forEach(left::addAll);
    messages.clear();
    inFlight = 0;
    return left;
  }
}
