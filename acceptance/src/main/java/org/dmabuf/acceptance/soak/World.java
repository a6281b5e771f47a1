package org.dmabuf.acceptance.soak;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.dmabuf.Attachment;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Holdings;
import org.dmabuf.fence.FenceContext;

/**
 * One framework, and all that callers have made in it and not given back.
 *
 * <pre>
 *   RUNS --time is up, or a fault--&gt; STOPS --settle()--&gt; everything given back, books compared
 * </pre>
 */
final class World {
  private static final long POOL_BYTES = 256L << 20;
  private static final Duration WAIT = Duration.ofMillis(50);
  private static final int CLIENTS = 6;
  private static final int PLACES = 48;
  private static final int FEW_PLACES = 16;

  private final DmaBufCore core = DmaBufCore.create(POOL_BYTES, WAIT);
  private final DmaBufRegistry exporter = core.open("exporter");
  private final Books books = new Books();
  private final Slots<DmaBufRegistry> clients = new Slots<>(CLIENTS, core::close);
  private final Slots<DmaBuf> buffers = new Slots<>(PLACES, this::giveBack);
  private final Slots<Attachment> attachments = new Slots<>(PLACES, guarded(Attachment::close));
  private final Slots<Mapped> tables = new Slots<>(PLACES, guarded(Mapped::unmap));
  private final Slots<CpuMapping> mappings = new Slots<>(PLACES, guarded(CpuMapping::close));
  private final Slots<FenceContext> contexts = new Slots<>(FEW_PLACES, FenceContext::close);
  private final LinkedBlockingQueue<Pending> pending = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  World() {
    for (int i = 0; i < CLIENTS; i++) {
      // Each in a place of its own, so that no place is empty.
      clients.put(i, core.open("client " + i));
    }
  }

  boolean runs() {
    return stopped.getCount() > 0;
  }

  void stop() {
    stopped.countDown();
  }

  CountDownLatch stopped() {
    return stopped;
  }

  /** Tells of what must not be, and ends the run. */
  void fault(String what) {
    faults.add(what);
    stop();
  }

  List<String> faults() {
    return List.copyOf(faults);
  }

  /** Returns the client whose buffers must be balanced, for it never leaves. */
  DmaBufRegistry exporter() {
    return exporter;
  }

  Books books() {
    return books;
  }

  /** Returns any client, which may have been ended meanwhile; never null. */
  DmaBufRegistry client(Random random) {
    return clients.look(random);
  }

  /** Ends a client as if its bundle had stopped, and opens another in its place. */
  void replaceClient(Random random) {
    clients.put(core.open("client"), random);
  }

  Slots<DmaBuf> buffers() {
    return buffers;
  }

  Slots<Attachment> attachments() {
    return attachments;
  }

  Slots<Mapped> tables() {
    return tables;
  }

  Slots<CpuMapping> mappings() {
    return mappings;
  }

  Slots<FenceContext> contexts() {
    return contexts;
  }

  LinkedBlockingQueue<Pending> pending() {
    return pending;
  }

  /** Gives everything back and compares the books; no caller runs any more. */
  void settle() {
    tables.clear();
    mappings.clear();
    attachments.clear();
    buffers.clear();
    contexts.clear();
    clients.clear();
    core.close(exporter);
    Holdings left = exporter.holdings();
    core.close();
    if (!left.equals(new Holdings(0, 0, 0, 0, 0, 0))) {
      fault("left behind: " + left);
    }
    books.differences().forEach(this::fault);
  }

  /** Gives all counts of a handle back. */
  void giveBack(DmaBuf buffer) {
    Errno end = null;
    while (end == null) {
      try {
        buffer.close();
      } catch (DmaBufException closed) {
        end = closed.errno();
      }
    }
    books.gone(end);
  }

  private <T> Consumer<T> guarded(Consumer<T> giveBack) {
    return thing -> {
      try {
        giveBack.accept(thing);
      } catch (DmaBufException gone) {
        books.gone(gone.errno());
      }
    };
  }
}
