package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A bundle stops that has thousands: each costs as much as one of few, whatever else there is. Work
 * is counted and not time: calls of drivers, lines of the log, timers, and bytes that are
 * allocated.
 */
class StopOfThousandsTest {
  private static final int MANY = 10_000;
  private static final int FEW = MANY / 10;
  private static final int PAGE = RecordingExporter.PAGE;

  /** More than linear would be 100 times for 10 times as many; what is there once counts, too. */
  private static final double MOST_TIMES = 12;

  private static final long MOST_BYTES_EACH = 2048;
  private static final int MOST_LINES = 12;
  private static final int MOST_TIMERS = 20;

  private final ManualClock hand = new ManualClock();
  private final AtomicInteger timers = new AtomicInteger();
  private final AtomicInteger detached = new AtomicInteger();
  private final AtomicInteger unmapped = new AtomicInteger();
  private final AtomicInteger unpinned = new AtomicInteger();
  private final AtomicInteger released = new AtomicInteger();
  private final AtomicInteger handedOver = new AtomicInteger();
  private DmaBufCore core;
  private DmaBufRegistry exporter;
  private DmaBufRegistry importer;
  private final List<DmaBuf> handles = new ArrayList<>();

  /** Turned by hand, and counts the timers that are set. */
  private final class CountingClock implements DmaClock {
    @Override
    public long nanos() {
      return hand.nanos();
    }

    @Override
    public Timer schedule(long atNanos, Runnable task) {
      timers.incrementAndGet();
      return hand.schedule(atNanos, task);
    }
  }

  /** A buffer over a page that all of them have, which counts what is asked of it. */
  private class Counted implements DmaBufOps {
    final BackingStore page;

    Counted(BackingStore page) {
      this.page = page;
    }

    @Override
    public SgTable map(Attachment attachment, DmaDirection direction) {
      return page.table(direction.writes());
    }

    @Override
    public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
      unmapped.incrementAndGet();
      table.free();
    }

    @Override
    public void detach(Attachment attachment) {
      detached.incrementAndGet();
    }

    @Override
    public void release() {
      released.incrementAndGet();
    }
  }

  private final class Moving extends Counted implements DmaBufOps.Pinnable {
    Moving(BackingStore page) {
      super(page);
    }

    @Override
    public void pin(Attachment attachment) {
      // it stays
    }

    @Override
    public void unpin(Attachment attachment) {
      unpinned.incrementAndGet();
    }
  }

  private final class Handed extends Counted implements DmaBufOps.Adoptable {
    Handed(BackingStore page) {
      super(page);
    }

    @Override
    public BackingStore handOver() {
      handedOver.incrementAndGet();
      return page;
    }
  }

  @BeforeEach
  void open() {
    LogRecorder.clear();
    core =
        DmaBufCore.create(
            DmaBufOptions.defaults()
                .withClock(new CountingClock())
                .withDrainBound(Duration.ofMillis(100)));
    exporter = core.open("exporter");
    importer = core.open("importer");
  }

  @AfterEach
  void close() {
    core.close();
  }

  /** What a stop cost. */
  private record Cost(long bytes, int timers, int lines) {}

  private Cost stop(DmaBufRegistry client) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    LogRecorder.clear();
    timers.set(0);
    long before = threads.getCurrentThreadAllocatedBytes();
    core.close(client);
    long bytes = threads.getCurrentThreadAllocatedBytes() - before;
    return new Cost(bytes, timers.get(), LogRecorder.lines().size());
  }

  /** Has a stop with few, and with many: per piece they cost alike. */
  private void isLinear(IntConsumer begin, boolean ofImporter) {
    // The first one loads classes.
    cost(begin, ofImporter, FEW);
    Cost few = cost(begin, ofImporter, FEW);
    Cost many = cost(begin, ofImporter, MANY);
    assertThat(many.bytes()).as("bytes").isLessThan((long) (few.bytes() * MOST_TIMES));
    assertThat(many.bytes()).as("bytes").isLessThan(MANY * MOST_BYTES_EACH);
    assertThat(many.timers()).as("timers").isLessThan(MOST_TIMERS);
    assertThat(many.lines()).as("lines").isLessThan(MOST_LINES);
  }

  private Cost cost(IntConsumer begin, boolean ofImporter, int count) {
    begin.accept(count);
    for (AtomicInteger counter : List.of(detached, unmapped, unpinned, released, handedOver)) {
      counter.set(0);
    }
    Cost cost = stop(ofImporter ? importer : exporter);
    if (ofImporter) {
      assertThat(detached).hasValue(count);
      assertThat(core.holdings().attachments()).isZero();
      assertThat(core.holdings().mappings()).isZero();
      importer = core.open("importer");
    } else {
      exporter = core.open("exporter");
    }
    handles.forEach(DmaBuf::close);
    handles.clear();
    return cost;
  }

  private DmaBuf export(DmaBufOps ops, ExportPolicy policy) {
    return exporter.export(ExportInfo.of("exporter", PAGE, ops, policy));
  }

  private BackingStore page() {
    return exporter.allocate(PAGE, exporter.files().account());
  }

  @Test
  void importerWithAllAttachmentsOfOneBuffer() {
    isLinear(
        count -> {
          DmaBuf buffer = export(new Counted(page()), ExportPolicy.REVOKE);
          DmaDevice device = DmaDevice.named("device");
          try (DmaBuf theirs = importer.adopt(buffer)) {
            for (int i = 0; i < count; i++) {
              theirs.attach(device).mapUnlocked(DmaDirection.TO_DEVICE);
            }
          }
          handles.add(buffer);
        },
        true);
    assertThat(unmapped).hasValue(MANY);
  }

  @Test
  void importerWithAnAttachmentOfEachBufferAndThePinsThatItLeft() {
    isLinear(
        count -> {
          DmaDevice device = DmaDevice.named("device");
          BackingStore page = page();
          for (int i = 0; i < count; i++) {
            DmaBuf buffer = export(new Moving(page), ExportPolicy.REVOKE);
            try (DmaBuf theirs = importer.adopt(buffer)) {
              Attachment attachment = theirs.attach(device, moved -> {});
              attachment.resv().lock();
              attachment.pin();
              attachment.resv().unlock();
            }
            handles.add(buffer);
          }
        },
        true);
    assertThat(unpinned).hasValue(MANY);
  }

  @Test
  void exporterUnderRevoke() {
    isLinear(count -> lend(count, ExportPolicy.REVOKE), false);
    assertThat(handedOver).hasValue(0);
  }

  @Test
  void exporterUnderAdopt() {
    isLinear(count -> lend(count, ExportPolicy.ADOPT), false);
    assertThat(handedOver).hasValue(MANY);
  }

  /** Each buffer is held by the importer, and has a store of its own. */
  private void lend(int count, ExportPolicy policy) {
    for (int i = 0; i < count; i++) {
      try (DmaBuf buffer = export(new Handed(page()), policy)) {
        handles.add(importer.adopt(buffer));
      }
    }
  }

  @Test
  void exporterUnderWaitWhoseHoldersDoNotLetGoTellsOfAFewAndOfHowManyThereAre() throws Exception {
    lend(MANY, ExportPolicy.WAIT);
    Threads.Running<Cost> stopping = Threads.start(() -> stop(exporter));
    stopping.awaitBlockedOn(core.releases());
    hand.advance(exporter.waitBound().toNanos());
    Cost cost = stopping.join();
    assertThat(LogRecorder.lines().stream().filter(line -> line.contains("is held by")))
        .hasSize(10);
    assertThat(LogRecorder.lines())
        .contains("WARN exporter stops while 9990 more are held; they are revoked");
    assertThat(cost.lines()).isLessThan(MOST_LINES);
    handles.forEach(DmaBuf::close);
  }

  @Test
  void exporterUnderWaitGoesWithTheLastPut() throws Exception {
    lend(MANY, ExportPolicy.WAIT);
    Threads.Running<Cost> stopping = Threads.start(() -> stop(exporter));
    stopping.awaitBlockedOn(core.releases());
    handles.forEach(DmaBuf::close);
    Cost cost = stopping.join();
    assertThat(cost.lines()).isZero();
    assertThat(cost.bytes()).isLessThan(MANY * MOST_BYTES_EACH);
    assertThat(released).hasValue(MANY);
  }
}
