package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.SeqnoFences.Condition;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContextInfo;
import org.dmabuf.fence.FenceKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeqnoFencesTest {
  private static final int OFFSET = 64;
  private static final FenceContextInfo INFO = FenceContextInfo.of("ring", "word");

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;
  private DmaBuf handle;
  private MemorySegment memory;

  @BeforeEach
  void export() {
    registry = framework.open("driver");
    handle = new RecordingExporter.Full(registry, 4096).export(registry);
    handle.resv().lock();
    memory = handle.vmap();
    handle.resv().unlock();
  }

  private SeqnoFences open(Condition condition) {
    return SeqnoFences.open(registry, INFO, handle, OFFSET, condition);
  }

  /** The device writes. */
  private void write(int word) {
    memory.set(ValueLayout.JAVA_INT, OFFSET, word);
  }

  @ParameterizedTest
  @CsvSource({
    "GREATER_OR_EQUAL,5,4,false",
    "GREATER_OR_EQUAL,5,5,true",
    "GREATER_OR_EQUAL,5,6,true",
    "GREATER_OR_EQUAL,5,7fffffff,true",
    "GREATER_OR_EQUAL,5,80000004,true",
    "GREATER_OR_EQUAL,5,80000005,false",
    "GREATER_OR_EQUAL,fffffffe,fffffffd,false",
    "GREATER_OR_EQUAL,fffffffe,1,true",
    "GREATER_OR_EQUAL,1,fffffffe,false",
    "NOT_ZERO,5,0,false",
    "NOT_ZERO,5,1,true",
    "NOT_ZERO,5,ffffffff,true",
  })
  @Row("S13")
  void workIsDoneByTheWordAlsoAcrossTheWrap(
      Condition condition, String seqno, String word, boolean done) {
    try (SeqnoFences fences = open(condition)) {
      DmaFence fence = fences.create(Long.parseLong(seqno, 16));
      write(Integer.parseUnsignedInt(word, 16));
      assertThat(fence.isSignaled()).isEqualTo(done);
      assertThat(fence.seqno()).isEqualTo(Long.parseLong(seqno, 16));
    }
  }

  @Test
  @Row({"S13", "S9"})
  void numbersHave32BitsAndBelongToTheDriver() {
    try (SeqnoFences fences = open(Condition.GREATER_OR_EQUAL)) {
      DmaFence before = fences.create(0xffff_ffffL);
      DmaFence after = fences.create(0x1_0000_0001L);
      assertThat(after.seqno()).isEqualTo(1);
      assertThat(after.isLater(before)).isTrue();
      assertThat(after.kind()).isEqualTo(FenceKind.HARDWARE);
      assertThat(after.describe()).isEqualTo("ring word seq 1 unsignalled");
    }
  }

  @Test
  @Row({"S13", "S3"})
  void pollTellsWhoWaitsInOrder() {
    List<Long> told = new ArrayList<>();
    try (SeqnoFences fences = open(Condition.GREATER_OR_EQUAL)) {
      for (long seqno = 1; seqno <= 3; seqno++) {
        assertThat(fences.create(seqno).addCallback(registry.callback(f -> told.add(f.seqno()))))
            .isTrue();
      }
      write(2);
      assertThat(told).as("nobody has told").isEmpty();
      fences.poll();
      assertThat(told).containsExactly(1L, 2L);
      assertThat(fences.create(2).addCallback(registry.callback(f -> told.add(0L))))
          .as("looked at before it is added")
          .isFalse();
      write(3);
      fences.poll();
      assertThat(told).containsExactly(1L, 2L, 3L);
      DmaFence failed = fences.create(9);
      assertThat(fences.fail(failed, Errno.EIO)).isTrue();
      assertThat(failed.error()).contains(Errno.EIO);
    }
  }

  @Test
  @Row("S13")
  void bufferIsKeptUntilTheEndWhichCancels() {
    SeqnoFences fences = open(Condition.NOT_ZERO);
    DmaFence fence = fences.create(1);
    handle.resv().lock();
    handle.vunmap(memory);
    handle.resv().unlock();
    handle.close();
    assertThat(framework.holdings().buffers()).isEqualTo(1);
    assertThat(fence.isSignaled()).isFalse();
    fences.close();
    fences.close();
    assertThat(framework.holdings().buffers()).isZero();
    assertThat(fence.error()).contains(Errno.ECANCELED);
    fences.poll();
    assertErrno(Errno.ECANCELED, () -> fences.create(2));
  }

  @Test
  @Row({"S13", "N8"})
  void bundleThatLeavesCancels() {
    DmaFence fence = open(Condition.NOT_ZERO).create(1);
    framework.core().close(registry);
    assertThat(fence.await(Duration.ofSeconds(1))).isTrue();
    assertThat(fence.error()).contains(Errno.ECANCELED);
  }

  @ParameterizedTest
  @CsvSource({"-4", "2", "4096", "4093", "9223372036854775804"})
  @Row("S13")
  void wordIsAlignedAndWithinTheBuffer(long offset) {
    assertErrno(
        Errno.EINVAL, () -> SeqnoFences.open(registry, INFO, handle, offset, Condition.NOT_ZERO));
    SeqnoFences.open(registry, INFO, handle, 4092, Condition.NOT_ZERO).close();
  }

  @Test
  @Row("S13")
  void refusedOneLeavesNothing() {
    DmaBufRegistry other = framework.open("leaves");
    framework.core().close(other);
    assertErrno(Errno.ENODEV, () -> SeqnoFences.open(other, INFO, handle, 0, Condition.NOT_ZERO));
    DmaBuf bare =
        RecordingExporter.of(registry, false).export(registry, ExportPolicy.REVOKE, false);
    assertErrno(Errno.EINVAL, () -> SeqnoFences.open(registry, INFO, bare, 0, Condition.NOT_ZERO));
    bare.close();
    assertThat(framework.holdings().buffers()).isEqualTo(1);
    handle.resv().lock();
    handle.vunmap(memory);
    assertErrno(Errno.EINVAL, () -> handle.vunmap(memory));
    handle.resv().unlock();
  }
}
