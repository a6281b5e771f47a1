package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.memory.ByteBuffers;
import org.dmabuf.memory.IosysMap;
import org.dmabuf.memory.Transfer;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a CPU sees a buffer: mapped, vmapped, as a byte buffer, and by way of an importer. */
class CpuViewsTest {
  private static final int PAGE = RecordingExporter.PAGE;
  private static final long MAX = Long.MAX_VALUE;

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;
  private RecordingExporter.Full exporter;
  private DmaBuf handle;

  @BeforeEach
  void export() {
    registry = framework.open("client");
    exporter = new RecordingExporter.Full(registry, 2L * PAGE);
    handle = exporter.export(registry);
  }

  private void locked(Runnable call) {
    handle.resv().lock();
    try {
      call.run();
    } finally {
      handle.resv().unlock();
    }
  }

  @Test
  @Row("U8")
  void byteBufferHasTheMappingsLifeAndAccess() {
    CpuMapping mapping = handle.mmap(0, 2L * PAGE, true);
    ByteBuffer whole = mapping.asByteBuffer();
    ByteBuffer part = mapping.asByteBuffer(PAGE, 4);
    assertThat(whole.remaining()).isEqualTo(2 * PAGE);
    part.putInt(0, 0x01020304);
    assertThat(whole.get(PAGE + 3)).isEqualTo((byte) 4);
    assertErrno(Errno.EINVAL, () -> mapping.asByteBuffer(2L * PAGE, 1));
    assertErrno(Errno.EINVAL, () -> mapping.asByteBuffer(-1, 1));
    assertErrno(Errno.EINVAL, () -> mapping.asByteBuffer(0, -1));
    assertErrno(Errno.EINVAL, () -> mapping.asByteBuffer(MAX, MAX));
    assertThat(mapping.asByteBuffer(2L * PAGE, 0).remaining()).isZero();
    mapping.close();
    assertThatIllegalStateException().isThrownBy(() -> whole.get(0));
    assertErrno(Errno.EBADF, mapping::asByteBuffer);
    try (CpuMapping reading = handle.mmap(0, PAGE, false)) {
      assertThatExceptionOfType(ReadOnlyBufferException.class)
          .isThrownBy(() -> reading.asByteBuffer().put(0, (byte) 1));
    }
    handle.close();
  }

  @Test
  @Row("U8")
  @SuppressWarnings("restricted") // addresses that are never touched
  void mappingLongerThanAnIntIsSeenInParts() {
    long bytes = 3L << 30;
    exporter.instead = MemorySegment.NULL.reinterpret(bytes);
    DmaBuf large = registry.export(ExportInfo.of("large", bytes, exporter, ExportPolicy.REVOKE));
    try (CpuMapping mapping = large.mmap(0, bytes, false)) {
      assertErrno(Errno.EOVERFLOW, mapping::asByteBuffer);
      assertThat(mapping.asByteBuffer(bytes - 10, 10).remaining()).isEqualTo(10);
      assertThat(mapping.asByteBuffer(1, ByteBuffers.MAX_BYTES).remaining())
          .isEqualTo(ByteBuffers.MAX_BYTES);
      assertErrno(Errno.EOVERFLOW, () -> mapping.asByteBuffer(1, ByteBuffers.MAX_BYTES + 1L));
    }
    large.close();
    handle.close();
  }

  @Test
  @Row({"U4", "U5", "U7"})
  void vmapSetsAPointerThatKnowsWhoseMemoryItIs() {
    IosysMap map = new IosysMap();
    map.setIo(MemorySegment.ofArray(new byte[1]));
    exporter.failing.add("vmap");
    locked(() -> assertErrno(Errno.EBUSY, () -> handle.vmap(map)));
    assertThat(map.isNull()).as("cleared by the failure").isTrue();
    exporter.failing.clear();
    locked(() -> handle.vmap(map));
    assertThat(map.kind()).isEqualTo(IosysMap.Kind.SYSTEM);
    map.copyTo(0, new byte[] {5}, 0, 1, registry.meter());
    assertThat(registry.meter().get(Transfer.WRITTEN)).isEqualTo(1);
    IosysMap second = new IosysMap();
    exporter.ioMemory = true;
    locked(() -> handle.vmap(second));
    assertThat(second).as("mapped once, before").isEqualTo(map);
    IosysMap foreign = new IosysMap();
    foreign.setSystem(MemorySegment.ofArray(new byte[1]));
    locked(() -> assertErrno(Errno.EINVAL, () -> handle.vunmap(foreign)));
    assertThat(foreign.isSet()).isTrue();
    locked(() -> handle.vunmap(second));
    assertThat(map.memory().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 5);
    locked(() -> handle.vunmap(map));
    assertThat(map.isNull() && second.isNull()).isTrue();
    locked(() -> handle.vmap(map));
    assertThat(map.isIo()).isTrue();
    locked(() -> handle.vunmap(map));
    handle.close();
  }

  @Test
  @Row("F10")
  void exporterIsToldWhetherStoresAreAllowedAndItsFailureFreesTheMapping() {
    List<String> seen = new ArrayList<>();
    List<Arena> arenas = new ArrayList<>();
    RecordingExporter.Full watching =
        new RecordingExporter.Full(registry, PAGE) {
          @Override
          public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
            seen.add(length + (writable ? " writable" : " read-only"));
            arenas.add(arena);
            return super.mmap(arena, offset, length, writable);
          }
        };
    DmaBuf watched = watching.export(registry);
    watched.mmap(0, PAGE, true).close();
    watched.mmap(0, 1, false).close();
    assertThat(seen).containsExactly(PAGE + " writable", "1 read-only");
    watching.failing.add("mmap");
    assertErrno(Errno.EBUSY, () -> watched.mmap(0, PAGE, true));
    assertThat(arenas).noneMatch(arena -> arena.scope().isAlive());
    watched.close();
    assertThat(watching.taken()).endsWith("release");
    handle.close();
  }

  @Test
  void whatIsToRunAfterAnUnmapThatHasBeenRunsAtOnce() {
    List<String> ran = new ArrayList<>();
    CpuMapping mapping = handle.mmap(0, PAGE, true);
    mapping.whenUnmapped(() -> ran.add("then"));
    assertThat(ran).isEmpty();
    mapping.close();
    assertThat(ran).containsExactly("then");
    mapping.whenUnmapped(() -> ran.add("late"));
    assertThat(ran).containsExactly("then", "late");
    handle.close();
  }

  @Test
  @Row("U4")
  void exporterThatGivesNothingToVmapIsEnomem() {
    RecordingExporter.Full empty =
        new RecordingExporter.Full(registry, PAGE) {
          @Override
          public MemorySegment vmap(Arena arena) {
            return null;
          }
        };
    DmaBuf nothing = empty.export(registry);
    nothing.resv().lock();
    assertErrno(Errno.ENOMEM, nothing::vmap);
    nothing.resv().unlock();
    assertThat(framework.holdings().mappings()).isZero();
    nothing.close();
    handle.close();
  }

  /** A driver of another buffer object, of which programs know an mmap of its own. */
  private record Importer(DmaBuf imported, long fakeOffset) {
    CpuMapping mmap(long offset, long length) {
      return imported.mmap(offset - fakeOffset, length, true);
    }
  }

  @Test
  @Row({"F11", "U8"})
  void importerForwardsItsOwnMmapAndTheMappingHoldsTheBuffer() {
    Importer importer = new Importer(handle, 1L << 40);
    CpuMapping mapping = importer.mmap((1L << 40) + PAGE, PAGE);
    assertErrno(Errno.EINVAL, () -> importer.mmap((1L << 40) + 2L * PAGE, PAGE));
    assertErrno(Errno.EOVERFLOW, () -> importer.mmap(0, PAGE));
    handle.close();
    mapping.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    assertThat(exporter.calls).doesNotContain("release");
    mapping.close();
    assertThat(exporter.taken()).endsWith("release");
  }

  @Test
  @Row({"F10", "F11"})
  void exporterWithoutMmapIsEinvalWhateverTheRange() {
    DmaBuf without = RecordingExporter.of(registry, false).export(registry);
    for (long offset : new long[] {0, 1, -PAGE, MAX, Long.MIN_VALUE}) {
      assertErrno(Errno.EINVAL, () -> without.mmap(offset, MAX, true));
    }
    without.close();
    handle.close();
  }

  @Test
  @Row({"C7", "F10", "F11"})
  void noRangeAtTheEdgesOfNumbersPassesThatIsNotWithinTheBuffer() {
    exporter.instead = MemorySegment.ofArray(new byte[2 * PAGE]);
    long[] edges = {0, 1, PAGE - 1, PAGE, 2L * PAGE, MAX - PAGE, MAX - 1, MAX, Long.MIN_VALUE, -1};
    long[] around = LongStream.of(edges).flatMap(x -> LongStream.of(x - 1, x, x + 1)).toArray();
    for (long offset : around) {
      for (long length : around) {
        boolean within =
            offset >= 0
                && offset % PAGE == 0
                && length >= 1
                && offset <= 2L * PAGE
                && length <= 2L * PAGE - offset;
        if (within) {
          handle.mmap(offset, length, true).close();
        } else {
          assertThatExceptionOfType(DmaBufException.class)
              .isThrownBy(() -> handle.mmap(offset, length, true))
              .matches(e -> e.errno() == Errno.EINVAL || e.errno() == Errno.EOVERFLOW);
        }
      }
    }
    assertThat(exporter.taken()).as("no driver saw a wrong range").allMatch("mmap"::equals);
    handle.close();
  }

  @ParameterizedTest
  @CsvSource({
    "TO_DEVICE,     READ,  true",
    "BIDIRECTIONAL, READ,  true",
    "FROM_DEVICE,   READ,  false",
    "NONE,          READ,  false",
    "FROM_DEVICE,   WRITE, true",
    "NONE,          WRITE, true",
    "BIDIRECTIONAL, BOOKKEEP, false",
    "FROM_DEVICE,   KERNEL, true"
  })
  @Row({"U1", "U3"})
  void accessWaitsForTheFencesOfItsDirection(DmaDirection direction, Usage usage, boolean waits)
      throws Exception {
    FenceContext context = registry.fenceContext("driver", "line");
    DmaFence pending = context.create();
    locked(
        () -> {
          handle.resv().reserveFences(1);
          handle.resv().addFence(pending, usage);
        });
    Threads.Running<Object> access =
        Threads.start(
            () -> {
              handle.beginCpuAccess(direction);
              handle.endCpuAccess(direction);
              return null;
            });
    if (waits) {
      access.awaitBlocked();
      assertThat(exporter.calls)
          .as("the exporter comes first")
          .contains("begin(" + direction + ")");
      context.signal(pending);
    }
    access.join();
    assertThat(handle.resv().await(usage, Duration.ZERO)).isEqualTo(waits);
    context.close();
    handle.close();
  }

  @Test
  @Row({"U1", "U2"})
  void failuresOfTheExporterPassAndADirectionMustBeGiven() {
    assertErrno(Errno.EINVAL, () -> handle.beginCpuAccess(null));
    assertErrno(Errno.EINVAL, () -> handle.endCpuAccess(null));
    assertThat(exporter.taken()).isEmpty();
    exporter.failing.add("end");
    handle.beginCpuAccess(DmaDirection.FROM_DEVICE);
    assertErrno(Errno.EBUSY, () -> handle.endCpuAccess(DmaDirection.FROM_DEVICE));
    handle.close();
  }
}
