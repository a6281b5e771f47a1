package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.limit.ClientLimits;
import org.dmabuf.limit.Limit;
import org.dmabuf.limit.UsageTree;
import org.dmabuf.limit.UsageTree.Level;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sync.SyncTimeline;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What one bundle may have, and that nobody else feels where it ends. */
class LimitsTest {
  private static final int PAGE = RecordingExporter.PAGE;
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry limited;
  private DmaBufRegistry free;

  @BeforeEach
  void open() {
    limited = framework.core().open("limited", "limited 1.0.0");
    free = framework.open("free");
  }

  private void limit(Limit what, long most) {
    framework.core().limit("limited", ClientLimits.NONE.with(what, most));
  }

  private static void refused(Limit limit, long most, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(refusal -> assertThat(refusal.errno()).isEqualTo(limit.errno()))
        .withMessageContaining("limited 1.0.0")
        .withMessageContaining(limit.key())
        .withMessageContaining("" + most);
  }

  private Level level(Limit limit) {
    UsageTree.Bundle bundle =
        limited.usage().bundles().stream()
            .filter(one -> one.name().equals("limited 1.0.0"))
            .findFirst()
            .orElseThrow();
    return bundle.levels().get(limit);
  }

  @Test
  void bytesBeyondTheLimitAreRefused() {
    limit(Limit.BYTES, 2L * PAGE);
    BackingStore store = limited.allocate(PAGE, limited.files().account());
    refused(Limit.BYTES, 2L * PAGE, () -> limited.allocate(2L * PAGE, limited.files().account()));
    assertThat(level(Limit.BYTES)).isEqualTo(new Level(PAGE, 2L * PAGE));
    free.allocate(4L * PAGE, free.files().account()).close();
    store.close();
    assertThat(level(Limit.BYTES).used()).isZero();
  }

  @Test
  void buffersBeyondTheLimitAreRefusedBeforeTheDriverIsAsked() {
    limit(Limit.BUFFERS, 1);
    DmaBuf first = RecordingExporter.of(limited, false).export(limited);
    RecordingExporter second = RecordingExporter.of(limited, false);
    refused(Limit.BUFFERS, 1, () -> second.export(limited));
    assertThat(second.calls).isEmpty();
    assertThat(level(Limit.BUFFERS)).isEqualTo(new Level(1, 1));
    RecordingExporter.of(free, false).export(free).close();
    DmaBuf kept = free.adopt(first);
    first.close();
    refused(Limit.BUFFERS, 1, () -> second.export(limited));
    kept.close();
    second.export(limited).close();
    assertThat(level(Limit.BUFFERS).used()).isZero();
  }

  @Test
  void filesAreCountedOverAllTablesOfABundle() {
    int fd = Framework.exportInto(limited, PAGE);
    FileTable program = limited.openTable("program");
    limit(Limit.FILES, 2);
    DmaBuf buffer = limited.get(fd);
    int other = limited.fd(buffer.get(), program, true);
    refused(Limit.FILES, 2, () -> limited.files().dup(fd));
    refused(Limit.FILES, 2, () -> program.dup(other, 9, false));
    refused(Limit.FILES, 2, () -> limited.openTable("child").passing().inherit(program));
    assertThat(program.dup(other, other, false)).as("no new number").isEqualTo(other);
    assertThat(level(Limit.FILES)).isEqualTo(new Level(2, 2));
    assertThat(framework.holdings().files()).isEqualTo(2);
    program.close(other);
    assertThat(limited.files().dup(fd)).isEqualTo(fd + 1);
    assertThat(limited.files().dup(fd, fd + 1, false)).as("in another's place").isEqualTo(fd + 1);
    limited.files().close(fd);
    limited.files().close(fd + 1);
    assertThat(level(Limit.FILES).used()).isZero();
    buffer.close();
  }

  @Test
  void fencesAreCountedUntilTheyComplete() {
    FenceContext one = limited.fenceContext("driver", "one");
    FenceContext two = limited.fenceContext("driver", "two");
    DmaFence before = one.create();
    limit(Limit.FENCES, 2);
    List<DmaFence> made = new ArrayList<>(List.of(one.create(), two.create(7)));
    refused(Limit.FENCES, 2, one::create);
    refused(Limit.FENCES, 2, () -> two.create(9));
    one.signal(before);
    refused(Limit.FENCES, 2, one::create);
    // Room is there when the callback runs.
    made.getFirst().addCallback(limited.callback(done -> made.add(two.create())));
    one.signal(made.getFirst());
    refused(Limit.FENCES, 2, one::create);
    assertThat(level(Limit.FENCES)).isEqualTo(new Level(2, 2));
    two.close();
    Errnos.assertErrno(Errno.ECANCELED, two::create);
    Errnos.assertErrno(Errno.ECANCELED, () -> two.create(99));
    assertThat(level(Limit.FENCES).used()).isZero();
    one.create();
    one.create();
    refused(Limit.FENCES, 2, one::create);
    try (FenceContext others = free.fenceContext("driver", "others")) {
      others.create();
      others.create();
      assertThat(others.pending()).isEqualTo(2);
      others.create();
    }
    one.close();
  }

  @Test
  void pointsOfTimelinesAreFencesToo() {
    limit(Limit.FENCES, 2);
    SyncTimeline timeline = limited.timeline("line");
    DmaFence first = timeline.fence(1);
    DmaFence second = timeline.fence(2);
    refused(Limit.FENCES, 2, () -> timeline.fence(3));
    timeline.increment(1);
    assertThat(first.isSignaled()).isTrue();
    timeline.fence(3);
    refused(Limit.FENCES, 2, () -> timeline.fence(4));
    timeline.close();
    assertThat(second.isSignaled()).isTrue();
    try (FenceContext after = limited.fenceContext("driver", "after")) {
      after.create();
      after.create();
      refused(Limit.FENCES, 2, after::create);
    }
  }

  @Test
  void pinnedBytesAreCountedForWhoAttached() {
    RecordingExporter exporter = RecordingExporter.of(free, true);
    DmaBuf own = exporter.export(free);
    DmaBuf theirs = limited.adopt(own);
    Attachment one = theirs.attach(DEVICE, moved -> {});
    Attachment two = theirs.attach(DEVICE, moved -> {});
    Attachment others = own.attach(DEVICE, moved -> {});
    limit(Limit.PINNED, own.size());
    own.resv().lock();
    one.pin();
    one.pin();
    exporter.taken();
    refused(Limit.PINNED, own.size(), two::pin);
    assertThat(exporter.taken()).as("the exporter is not asked").isEmpty();
    others.pin();
    one.unpin();
    refused(Limit.PINNED, own.size(), two::pin);
    one.unpin();
    exporter.failing.add("pin");
    Errnos.assertErrno(Errno.EBUSY, two::pin);
    exporter.failing.clear();
    two.pin();
    assertThat(level(Limit.PINNED)).isEqualTo(new Level(own.size(), own.size()));
    others.unpin();
    two.unpin();
    own.resv().unlock();
    assertThat(level(Limit.PINNED).used()).isZero();
    // A static importer of storage that moves keeps it where it is from attach on.
    Attachment keeps = theirs.attach(DEVICE);
    refused(Limit.PINNED, own.size(), () -> theirs.attach(DEVICE));
    List.of(keeps, one, two, others).forEach(Attachment::detach);
    assertThat(level(Limit.PINNED).used()).isZero();
    theirs.close();
    own.close();
  }

  @Test
  void limitsChangeForABundleThatIsThereAndForOneThatComes() {
    limit(Limit.BUFFERS, 1);
    framework.core().close(limited);
    limited = framework.core().open("limited", "limited 1.0.0");
    DmaBuf first = RecordingExporter.of(limited, false).export(limited);
    RecordingExporter second = RecordingExporter.of(limited, false);
    refused(Limit.BUFFERS, 1, () -> second.export(limited));
    framework.core().limit("limited", ClientLimits.NONE);
    second.export(limited).close();
    first.close();
  }

  @Test
  void limitsOfAllHoldUnlessABundleHasItsOwn() {
    DmaBufOptions options =
        DmaBufOptions.defaults().withLimits(ClientLimits.NONE.with(Limit.FENCES, 1));
    try (DmaBufCore core = DmaBufCore.create(options)) {
      core.limit("more", ClientLimits.NONE.with(Limit.FENCES, 2));
      DmaBufRegistry any = core.open("any");
      DmaBufRegistry more = core.open("more");
      FenceContext few = any.fenceContext("driver", "few");
      FenceContext two = more.fenceContext("driver", "two");
      few.create();
      Errnos.assertErrno(Errno.EDQUOT, few::create);
      two.create();
      two.create();
      Errnos.assertErrno(Errno.EDQUOT, two::create);
    }
    Errnos.assertErrno(Errno.EINVAL, () -> ClientLimits.NONE.with(Limit.FILES, -1));
    Errnos.assertErrno(Errno.EINVAL, () -> ClientLimits.ofMebibytes(Limit.PINNED, -1));
    Errnos.assertErrno(Errno.EINVAL, () -> ClientLimits.ofMebibytes(Limit.PINNED, 1L << 50));
    assertThat(ClientLimits.ofMebibytes(Limit.PINNED, 3)).isEqualTo(3L << 20);
  }

  @Test
  void usageIsATreeOfProductBundleAndBuffer() {
    limit(Limit.FILES, 9);
    DmaBuf buffer =
        new RecordingExporter.Full(limited, PAGE).export(limited, ExportPolicy.ADOPT, false);
    DmaBuf held = free.adopt(buffer);
    held.setName("frame");
    UsageTree tree = free.usage();
    assertThat(tree.atNanos()).isEqualTo(framework.clock().nanos());
    assertThat(tree.levels().get(Limit.BYTES)).isEqualTo(new Level(PAGE, Framework.POOL_BYTES));
    assertThat(tree.levels().get(Limit.BUFFERS).used()).isEqualTo(1);
    assertThat(tree.bundles())
        .extracting(UsageTree.Bundle::name)
        .containsExactly("free", "limited 1.0.0");
    assertThat(tree.bundles().getFirst().buffers()).isEmpty();
    UsageTree.Bundle bundle = tree.bundles().getLast();
    assertThat(bundle.levels().get(Limit.FILES)).isEqualTo(new Level(0, 9));
    assertThat(bundle.levels().get(Limit.BYTES).used()).isEqualTo(PAGE);
    assertThat(bundle.buffers())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.name()).contains("frame");
              assertThat(one.state()).isEqualTo("LIVE");
              assertThat(one.holders()).containsExactlyInAnyOrder("free", "limited 1.0.0");
            });
    buffer.close();
    framework.core().close(limited);
    UsageTree after = free.usage();
    assertThat(after.bundles()).extracting(UsageTree.Bundle::name).containsExactly("free");
    assertThat(after.adopted())
        .singleElement()
        .satisfies(one -> assertThat(one.state()).isEqualTo("ADOPTED"));
    assertThat(after.levels().get(Limit.BYTES).used()).isEqualTo(PAGE);
    held.close();
  }
}
