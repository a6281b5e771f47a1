package org.dmabuf.video.queue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.memory.TransferMeter;

/**
 * A queue read or written as a file, frame by frame; the copy is the program's wish.
 *
 * <pre>
 *   read    all buffers queued, stream on; [dequeue -> bytes, read by read -> queue] ...
 *   write   stream on; [a free buffer, or one dequeued -> bytes, write by write -> full: queue] ...
 * </pre>
 *
 * <p>One call at a time; another one waits, interruptibly. Kernel counterpart: {@code struct
 * vb2_fileio_data}.
 */
public final class FileIo {
  private final VideoQueue queue;
  private final QueueState state;
  private final TransferMeter meter;
  private final ReentrantLock calls = new ReentrantLock();
  private final Deque<Integer> free = new ArrayDeque<>(); // those never queued, for writing
  private int current = -1; // the buffer that is read or filled; -1 for none
  private long position;
  private long end;

  FileIo(VideoQueue queue, QueueState state, TransferMeter meter) {
    this.queue = queue;
    this.state = state;
    this.meter = meter;
  }

  /**
   * Begins, when nobody has buffers; nothing when it has begun.
   *
   * @param by who reads or writes from now on, and owns the queue
   * @param sizes bytes of each plane
   * @param account whom the buffers are charged to, never null
   * @throws DmaBufException EBUSY when the queue has buffers, or for another file than the one that
   *     reads or writes; ENOMEM
   */
  public void begin(Object by, long[] sizes, MemoryAccount account) {
    synchronized (state) {
      state.guard.checkNotOther(by);
      if (state.guard.isFileIo()) {
        return;
      }
      if (state.slots.count() != 0 || !state.stream.isOff()) {
        throw state.error(
            Errno.EBUSY, "has %d buffers and is not read or written", state.slots.count());
      }
    }
    int count = Math.max(state.limits.least(), state.limits.toStart() + 1);
    queue.requestBuffers(by, Optional.of(MemoryType.MMAP), count, sizes, account);
    synchronized (state) {
      state.guard.beginFileIo(by);
    }
    queueAll(by);
  }

  private void queueAll(Object by) {
    for (int index = 0; index < queue.count(); index++) {
      if (queue.type().isOutput()) {
        free.add(index);
      } else {
        queue.enqueue(by, request(index, 0));
      }
    }
    queue.begin();
  }

  /** The file is closed. */
  void end() {
    free.clear();
    current = -1;
    position = 0;
  }

  private FrameView memory() {
    return state.mmapPlane(current, 0).programView();
  }

  private FrameView view(MemorySegment program) {
    return new FrameView(List.of(program), meter);
  }

  /**
   * Reads from the current frame, or from the next one.
   *
   * @return the bytes read, fewer than asked at a frame's end
   * @throws DmaBufException EAGAIN when there is none and it does not wait; EIO for a frame that
   *     failed; EINTR; others as {@link VideoQueue#dequeue}
   */
  public long read(MemorySegment to, Object by, boolean waits) {
    return locked(
        () -> {
          if (current < 0) {
            next(by, waits);
          }
          long bytes = Math.min(to.byteSize(), end - position);
          if (bytes > 0) {
            FrameView.copy(memory(), position, view(to), 0, bytes);
          }
          position += bytes;
          if (position == end) {
            giveToDevice(by, 0);
          }
          return bytes;
        });
  }

  /**
   * Writes to the current frame, or to a new one, which is queued when it is full.
   *
   * @return the bytes written, fewer than given at a frame's end
   * @throws DmaBufException as {@link #read}
   */
  public long write(MemorySegment from, Object by, boolean waits) {
    return locked(
        () -> {
          if (current < 0 && free.isEmpty()) {
            next(by, waits);
          } else if (current < 0) {
            current = free.remove();
          }
          long room = memory().size();
          end = Math.min(room, queue.query(current).planes().getFirst().length());
          long bytes = Math.min(from.byteSize(), end - position);
          if (bytes > 0) {
            FrameView.copy(view(from), 0, memory(), position, bytes);
          }
          position += bytes;
          if (position == end) {
            giveToDevice(by, end);
          }
          return bytes;
        });
  }

  private void next(Object by, boolean waits) {
    BufferStatus status = queue.takeBack(by, waits);
    current = status.index();
    position = 0;
    end = status.planes().getFirst().bytesUsed();
    if (status.is(BufferFlag.ERROR)) {
      giveToDevice(by, end);
      throw new DmaBufException(
          Errno.EIO, "Frame " + status.sequence() + " failed; the next one may not");
    }
  }

  private void giveToDevice(Object by, long bytes) {
    int index = current;
    current = -1;
    position = 0;
    queue.enqueue(by, request(index, bytes));
  }

  private static QueueRequest request(int index, long bytes) {
    List<QueueRequest.Plane> planes = new ArrayList<>();
    for (int i = 0; i < MmapPlaces.PLANES; i++) {
      planes.add(new QueueRequest.Plane(-1, 0, Optional.empty(), 0, i == 0 ? bytes : 0, 0));
    }
    return new QueueRequest(
        index, Optional.of(MemoryType.MMAP), (FileTable) null, planes, 0, Optional.empty(), false);
  }

  private interface Call {
    long run();
  }

  private long locked(Call call) {
    try {
      calls.lockInterruptibly();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DmaBufException(
          Errno.EINTR, "Interrupted before another read or write of the queue");
    }
    try {
      return call.run();
    } finally {
      calls.unlock();
    }
  }
}
