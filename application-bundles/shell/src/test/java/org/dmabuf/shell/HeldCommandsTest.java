package org.dmabuf.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.Attachment;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufOptions;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.ManualClock;
import org.dmabuf.debug.LeakOptions;
import org.dmabuf.debug.LockRank;
import org.dmabuf.debug.RankedLock;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HeldCommandsTest {
  private final ManualClock clock = new ManualClock();
  private final Rig rig =
      new Rig(DmaBufOptions.defaults().withClock(clock).withLeaks(LeakOptions.ALL));
  private final HeldCommands command = new HeldCommands(rig.shell);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldSayThatNothingIsHeld() {
    assertThat(command.files()).isEqualTo("No file is open.");
    assertThat(command.attachments()).isEqualTo("No device is attached.");
    assertThat(command.mappings()).isEqualTo("Nothing is mapped.");
    assertThat(command.fences()).isEqualTo("No fence is waited for.");
    assertThat(new LeaksCommand(rig.shell).leaks(false)).isEqualTo("No leak was found.");
    assertThat(new BufstatsCommand(rig.shell).bufstats()).isEqualTo("There are no buffers.");
  }

  @Test
  void shouldTellOfDescriptors() {
    rig.camera.fd(rig.camera.export(Rig.mappable(rig.camera)), rig.camera.files(), true);
    clock.advance(14_200_000);
    assertThat(command.files().lines().map(HeldCommandsTest::withoutLine))
        .containsExactly(
            "TABLE              FD  MODE  CLOEXEC  INO  AGE      PATH",
            "test.camera 1.0.0  0   rw    yes      1    14.2 ms  /dmabuf:",
            "    taken at HeldCommandsTest.shouldTellOfDescriptors");
  }

  @Test
  void shouldTellOfAttachmentsMappingsAndFences() {
    try (DmaBuf buffer = rig.camera.get(rig.allocate(rig.camera));
        Attachment attachment = buffer.attach(DmaDevice.named("camera0"));
        FenceContext context = rig.camera.fenceContext("v4l2", "capture0")) {
      SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
      buffer.resv().lock();
      buffer.resv().reserveFences(1);
      buffer.resv().addFence(context.create(), Usage.WRITE);
      buffer.resv().unlock();
      clock.advance(2_000_000_000);
      assertThat(command.attachments().lines())
          .startsWith(
              "INO  DEVICE   CLIENT             IMPORTER  PINS  PEER  MAPPED  AGE",
              "1    camera0  test.camera 1.0.0  static    0     no    1       2.0 s");
      assertThat(command.mappings().lines())
          .startsWith(
              "WHO      CLIENT             WHAT                 SIZE               ACCESS"
                  + "       KEPT  AGE",
              "camera0  test.camera 1.0.0  dma-buf 1 of system  16.0 KiB in 1 run  FROM_DEVICE"
                  + "  no    2.0 s");
      assertThat(command.fences().lines())
          .containsExactly(
              "INO  USAGE  DRIVER  TIMELINE  CONTEXT  SEQNO  AGE",
              "1    write  v4l2    capture0  %d        1      2.0 s".formatted(context.id()));
      attachment.unmapUnlocked(table);
    }
  }

  @Test
  void shouldTellOfMappingsOfTheCpu() {
    DmaBuf buffer = rig.camera.export(Rig.mappable(rig.camera));
    buffer.resv().lock();
    buffer.vmap();
    buffer.resv().unlock();
    try (CpuMapping mapping = buffer.mmap(0, 4096, false)) {
      assertThat(mapping.length()).isEqualTo(4096);
      assertThat(command.mappings().lines().map(line -> line.replaceAll("  +", " | ")))
          .contains(
              "vmap | test.camera 1.0.0 | dma-buf 1 of mappable | 16.0 KiB | 1 user | no | -",
              "CPU | test.camera 1.0.0 | dma-buf 1 of mappable (16384 bytes, LIVE) | 4.0 KiB"
                  + " | r-- | no | 0.0 us");
    }
  }

  @Test
  void shouldTellOfLeaksWithTheirPlaces() {
    FenceContext held = rig.camera.fenceContext("v4l2", "capture0");
    rig.core.close(rig.camera);
    assertThat(held.isClosed()).isTrue();
    LeaksCommand leaks = new LeaksCommand(rig.shell);
    assertThat(leaks.leaks(false).lines().map(HeldCommandsTest::withoutLine))
        .containsExactly(
            "KIND           COUNT  CLIENT             FIRST          HELD FOR  HOW",
            "fence context  1      test.camera 1.0.0  v4l2 capture0  0.0 us    was still held when"
                + " its client ended",
            "    at HeldCommandsTest.shouldTellOfLeaksWithTheirPlaces");
    assertThat(leaks.leaks(true).lines().count()).isGreaterThan(3);
  }

  @Test
  void shouldTellOfBrokenRulesWithBothPlaces() {
    try (Rig debugged = new Rig(DmaBufOptions.defaults().withDebug(true))) {
      ViolationsCommand violations = new ViolationsCommand(debugged.shell);
      assertThat(violations.violations()).isEqualTo("No rule was broken, as far as is known.");
      RankedLock lock = debugged.camera.lock("queue", LockRank.QUEUE);
      lock.lock();
      debugged.camera.lock("state", LockRank.DRIVER).lock();
      assertThat(violations.violations().lines().map(line -> line.replaceAll("  +", " | ")))
          .hasSize(4)
          .anySatisfy(line -> assertThat(line).startsWith("LOCK_ORDER | 1 | "))
          .anySatisfy(line -> assertThat(line).startsWith(" | broken at ").contains("HeldCom"))
          .anySatisfy(line -> assertThat(line).startsWith(" | lock taken at ").contains("HeldC"));
    }
  }

  @Test
  void shouldTellTheStatisticsOfEachBuffer() {
    try (DmaBuf buffer = rig.camera.get(rig.allocate(rig.camera))) {
      buffer.setName("frame");
      rig.allocate(rig.camera);
      assertThat(new BufstatsCommand(rig.shell).bufstats().lines())
          .containsExactly(
              "INODE  SIZE   NAME   EXPORTER",
              "1      16384  frame  system",
              "2      16384  -      system");
    }
  }

  /** The line's number and the module in front of it are of no interest. */
  private static String withoutLine(String place) {
    return place.replaceAll("\\S*HeldCommandsTest\\.(\\w+)\\(.*\\)", "HeldCommandsTest.$1");
  }
}
