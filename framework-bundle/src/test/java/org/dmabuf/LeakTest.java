package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.PlantedLeaks.assertLeak;
import static org.dmabuf.PlantedLeaks.awaitLeak;
import static org.dmabuf.PlantedLeaks.lineBelow;

import java.util.List;
import org.dmabuf.debug.Leak;
import org.dmabuf.debug.LeakKind;
import org.dmabuf.debug.LeakOptions;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A thing that is not given back is told of, with the line and the client that took it. */
class LeakTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  private final ManualClock clock = new ManualClock();
  private DmaBufCore core;
  private DmaBufRegistry exporterSide;
  private DmaBufRegistry leaker;
  private DmaBuf own;

  @BeforeEach
  void open() {
    LogRecorder.clear();
    open(LeakOptions.ALL);
  }

  private void open(LeakOptions leaks) {
    core =
        DmaBufCore.create(
            DmaBufOptions.defaults()
                .withClock(clock)
                .withMemory(MemoryLimits.ofPool(Framework.POOL_BYTES))
                .withLeaks(leaks));
    exporterSide = core.open("exporter");
    leaker = core.open("leaker");
    own = new RecordingExporter.Full(exporterSide, 8192).export(exporterSide);
  }

  @AfterEach
  void close() {
    core.close();
  }

  private Leak leftByLeaker() {
    LogRecorder.clear();
    clock.advance(2_500_000_000L);
    core.close(leaker);
    List<Leak> leaks = exporterSide.leaks();
    assertThat(leaks).hasSize(1);
    assertThat(leaks.getFirst().ageNanos()).isEqualTo(2_500_000_000L);
    assertThat(leaks.getFirst().toString()).contains("after 2.500 s");
    return leaks.getFirst();
  }

  private static void assertLeft(Leak leak, LeakKind kind, int line) {
    assertLeak(leak, kind, Leak.Cause.HELD_AT_END, LeakTest.class, line);
  }

  @Test
  void handleThatIsHeldAtTheEnd() {
    int line = lineBelow();
    DmaBuf handle = leaker.adopt(own);
    assertThat(handle.inode()).isEqualTo(own.inode());
    assertLeft(leftByLeaker(), LeakKind.HANDLE, line);
  }

  @Test
  void handleThatIsDropped() {
    int line = lineBelow();
    assertThat(leaker.adopt(own).size()).isEqualTo(8192);
    Leak leak = awaitLeak(exporterSide).getFirst();
    assertLeak(leak, LeakKind.HANDLE, Leak.Cause.DROPPED, LeakTest.class, line);
    core.close(leaker);
    assertThat(exporterSide.leaks()).as("told of once").containsExactly(leak);
  }

  @Test
  void handleThatIsDroppedIsFoundByWhoTakesSomethingNext() {
    assertThat(leaker.adopt(own).size()).isEqualTo(8192);
    LogRecorder.clear();
    long end = System.nanoTime() + 15_000_000_000L;
    while (LogRecorder.lines().isEmpty()) {
      assertThat(System.nanoTime() - end).as("the log tells of it").isNegative();
      System.gc();
      exporterSide.get(exporterSide.fd(own.get(), exporterSide.files(), true)).close();
      exporterSide.files().closeRange(0, 1023);
    }
    assertThat(LogRecorder.lines()).singleElement().asString().contains("dropped", "leaker");
  }

  @Test
  void attachment() {
    DmaBuf handle = leaker.adopt(own);
    int line = lineBelow();
    Attachment attachment = handle.attach(DEVICE);
    handle.close();
    assertThat(attachment.device()).isEqualTo(DEVICE);
    assertLeft(leftByLeaker(), LeakKind.ATTACHMENT, line);
  }

  @Test
  void deviceMappingThatIsDropped() {
    DmaBuf handle = leaker.adopt(own);
    Attachment attachment = handle.attach(DEVICE);
    handle.close();
    int line = lineBelow();
    assertThat(attachment.mapUnlocked(DmaDirection.TO_DEVICE).size()).isEqualTo(8192);
    Leak leak = awaitLeak(exporterSide).getFirst();
    assertLeak(leak, LeakKind.DEVICE_MAPPING, Leak.Cause.DROPPED, LeakTest.class, line);
    attachment.detach();
    assertThat(core.holdings().mappings()).as("detach unmaps what was dropped").isZero();
  }

  @Test
  void deviceMappingThatIsHeldAtTheEnd() {
    Attachment attachment = leaker.adopt(own).attach(DEVICE);
    int line = lineBelow();
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    core.close(leaker);
    assertThat(table.size()).isEqualTo(8192);
    assertThat(exporterSide.leaks())
        .filteredOn(leak -> leak.kind() == LeakKind.DEVICE_MAPPING)
        .singleElement()
        .satisfies(leak -> assertLeft(leak, LeakKind.DEVICE_MAPPING, line));
  }

  @Test
  void cpuMappingOfAHandle() {
    DmaBuf handle = leaker.adopt(own);
    int line = lineBelow();
    CpuMapping mapping = handle.mmap(0, 4096, true);
    handle.close();
    assertThat(mapping.length()).isEqualTo(4096);
    assertLeft(leftByLeaker(), LeakKind.CPU_MAPPING, line);
  }

  @Test
  void cpuMappingOfADescriptor() {
    int fd = leaker.fd(leaker.adopt(own), leaker.files(), true);
    int line = lineBelow();
    leaker.files().mmap(fd, 4096, 0, MmapFlags.PROT_READ, MmapFlags.MAP_SHARED);
    leaker.files().close(fd);
    assertLeft(leftByLeaker(), LeakKind.CPU_MAPPING, line);
  }

  @Test
  void vmap() {
    DmaBuf handle = leaker.adopt(own);
    handle.resv().lock();
    int line = lineBelow();
    handle.vmap();
    handle.vunmap(handle.vmap());
    handle.resv().unlock();
    core.close(leaker);
    assertThat(exporterSide.leaks())
        .filteredOn(leak -> leak.kind() == LeakKind.VMAP)
        .singleElement()
        .satisfies(leak -> assertLeft(leak, LeakKind.VMAP, line));
  }

  @Test
  void descriptor() {
    DmaBuf handle = leaker.adopt(own);
    int line = lineBelow();
    int fd = leaker.fd(handle, leaker.files(), true);
    Leak leak = leftByLeaker();
    assertLeft(leak, LeakKind.FILE, line);
    assertThat(leak.what()).startsWith("fd " + fd + ", dma-buf");
  }

  @Test
  void descriptorInATableOfAProgram() {
    int fd = leaker.fd(leaker.adopt(own), leaker.files(), true);
    int line = lineBelow();
    leaker.openTable("program").passing().inherit(leaker.files());
    leaker.files().close(fd);
    assertLeft(leftByLeaker(), LeakKind.FILE, line);
  }

  @Test
  void fenceContext() {
    int line = lineBelow();
    FenceContext context = leaker.fenceContext("driver", "line");
    assertThat(context.pending()).isZero();
    assertLeft(leftByLeaker(), LeakKind.FENCE_CONTEXT, line);
  }

  @Test
  void leaksOfOnePlaceAreCountedAndLoggedOnce() {
    for (int i = 0; i < 3; i++) {
      leaker.fenceContext("driver", "line");
    }
    assertThat(leftByLeaker().count()).isEqualTo(3);
    assertThat(LogRecorder.lines()).filteredOn(line -> line.contains("Leak:")).hasSize(1);
  }

  @Test
  void nothingIsToldOfAClientThatGivesBack() {
    wellBehaved();
    LogRecorder.clear();
    for (int i = 0; i < 3; i++) {
      System.gc();
      assertThat(exporterSide.leaks()).isEmpty();
    }
    core.close(leaker);
    assertThat(exporterSide.leaks()).isEmpty();
    assertThat(LogRecorder.lines()).isEmpty();
  }

  private void wellBehaved() {
    int fd = leaker.fd(leaker.adopt(own), leaker.files(), true);
    DmaBuf handle = leaker.get(fd);
    assertThat(leaker.get(fd)).as("as long as it is used").isSameAs(handle);
    handle.close();
    leaker.files().dup(fd, fd + 1, false);
    leaker.files().close(fd);
    leaker.files().close(fd + 1);
    Attachment attachment = handle.attach(DEVICE);
    attachment.unmapUnlocked(attachment.mapUnlocked(DmaDirection.FROM_DEVICE));
    handle.mmap(0, 4096, false).close();
    handle.resv().lock();
    handle.vunmap(handle.vmap());
    handle.resv().unlock();
    leaker.fenceContext("driver", "line").close();
    leaker.timeline("line").close();
    attachment.detach();
    handle.close();
  }

  /** A dynamic importer of storage that stays is mapped at attach: there is nothing to drop. */
  @Test
  void mappingThatStaysUntilDetachIsNoLeak() {
    Attachment attachment = leaker.adopt(own).attach(DEVICE, moved -> {});
    assertThat(attachment.mapUnlocked(DmaDirection.TO_DEVICE).size()).isEqualTo(8192);
    core.close(leaker);
    assertThat(exporterSide.leaks())
        .extracting(Leak::kind)
        .containsExactlyInAnyOrder(LeakKind.HANDLE, LeakKind.ATTACHMENT);
  }

  @Test
  void sampledNotesTheSameThingsInEachRun() {
    List<Integer> noted = notedOf(200, 5);
    assertThat(noted).hasSizeBetween(30, 70);
    assertThat(notedOf(200, 5)).isEqualTo(noted);
    assertThat(notedOf(200, 6)).isNotEqualTo(noted);
  }

  /** Returns which of so many descriptors were noted, one in four of them. */
  private List<Integer> notedOf(int files, long seed) {
    core.close();
    open(LeakOptions.sampled(4, seed));
    int first = leaker.fd(leaker.adopt(own), leaker.files(), true);
    for (int i = 1; i < files; i++) {
      leaker.files().dup(first);
    }
    return leaker.snapshot().files().stream()
        .filter(file -> file.taken().place().isPresent())
        .map(Snapshot.File::fd)
        .toList();
  }

  @Test
  void offNotesNothingAndTellsHowMuchWasLeft() {
    core.close();
    open(LeakOptions.OFF);
    leaker.adopt(own).attach(DEVICE);
    LogRecorder.clear();
    core.close(leaker);
    assertThat(exporterSide.leaks()).isEmpty();
    assertThat(LogRecorder.lines()).singleElement().asString().contains("1 attachments");
  }
}
