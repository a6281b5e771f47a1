package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.Tasks;

/**
 * Operations that meet on an array or a chain. What must hold: it completes when its members have
 * and not before; each callback is called once; no wait is forgotten; no pending link is lost.
 */
public enum ContainerPair implements Interleavings.Maker {
  /** The last two members complete at the same time, one with an error. */
  ARRAY_SIGNAL_AND_FAIL(
      all ->
          all.counted(new CallCount(all.one, all.two).addTo(all.array(FenceArray.Mode.ALL)))
              .endsAs(-Errno.EIO.number())
              .does(() -> all.signal(all.one), () -> all.b.fail(all.two, Errno.EIO))),
  /** Both may be the first. */
  ANY_SIGNAL_AND_FAIL(
      all ->
          all.counted(new CallCount().addTo(all.array(FenceArray.Mode.ANY)))
              .endsAs(1, -Errno.EIO.number())
              .does(() -> all.signal(all.one), () -> all.b.fail(all.two, Errno.EIO))),
  /** The first who is to be told comes while the members complete. */
  ARRAY_ADD_AND_SIGNAL(all -> all.addsAgainstSignals(all.array(FenceArray.Mode.ALL))),
  /** The same of the first of two. */
  ANY_ADD_AND_SIGNAL(all -> all.addsAgainstSignals(all.array(FenceArray.Mode.ANY))),
  /** Two come at the same time, of whom one only must listen to the members. */
  ARRAY_ADD_AND_ADD(all -> all.twoAdd(all.array(FenceArray.Mode.ALL))),
  /** Somebody asks. */
  ARRAY_LOOK_AND_SIGNAL(all -> all.looksAgainstSignals(all.array(FenceArray.Mode.ALL))),
  /** Somebody asks, which may complete it, and another one is to be told. */
  ARRAY_LOOK_AND_ADD(
      all -> {
        DmaFence array = all.array(FenceArray.Mode.ALL);
        all.signal(all.one);
        all.b.fail(all.two, Errno.EIO);
        CallCount count = new CallCount(all.one, all.two);
        // Who only asks does not see a member's error, as in the kernel.
        return all.counted(count)
            .endsAs(1, -Errno.EIO.number())
            .does(array::isSignaled, () -> count.addTo(array));
      }),
  /** Somebody waits. */
  ARRAY_WAIT_AND_SIGNAL(all -> all.waitsAgainstSignals(all.array(FenceArray.Mode.ALL))),
  /** Two links complete at the same time. */
  CHAIN_SIGNAL_AND_SIGNAL(
      all ->
          all.counted(new CallCount(all.one, all.two, all.three).addTo(all.chain()))
              .does(
                  () -> all.signal(all.two),
                  () -> {
                    all.signal(all.three);
                    all.signal(all.one);
                  })),
  /** The first who is to be told comes while the links complete. */
  CHAIN_ADD_AND_SIGNAL(all -> all.addsAgainstSignals(all.chain())),
  /** Two come at the same time. */
  CHAIN_ADD_AND_ADD(all -> all.twoAdd(all.chain())),
  /** Somebody asks. */
  CHAIN_LOOK_AND_SIGNAL(all -> all.looksAgainstSignals(all.chain())),
  /** Somebody waits. */
  CHAIN_WAIT_AND_SIGNAL(all -> all.waitsAgainstSignals(all.chain())),
  /** One walks while links complete, and forgets them. */
  CHAIN_WALK_AND_SIGNAL(
      all -> {
        FenceChain chain = all.chain();
        return all.does(
            () -> all.walks(chain, all.one),
            () -> {
              all.signal(all.two);
              all.signal(all.three);
            });
      }),
  /** Two walk and forget the same links. */
  CHAIN_WALK_AND_WALK(
      all -> {
        FenceChain chain = all.chain();
        all.signal(all.two);
        all.signal(all.three);
        return all.does(() -> all.walks(chain, all.one), () -> all.walks(chain, all.one));
      }),
  /** One walks while all before it has completed and is dropped. */
  CHAIN_WALK_AND_FINISH(
      all -> {
        FenceChain chain = all.chain();
        all.signal(all.one);
        all.signal(all.two);
        return all.counted(new CallCount(all.three).addTo(chain))
            .does(() -> all.walks(chain, null), () -> all.signal(all.three));
      }),
  /** A point is looked for while links are forgotten. */
  CHAIN_FIND_AND_FORGET(
      all -> {
        FenceChain chain = all.chain();
        return all.does(
            () -> {
              DmaFence found = FenceChain.findSeqno(chain, 2).orElseThrow();
              // Once that has gone, what it still waited for.
              assertThat(found.seqno()).isIn(1L, 2L);
            },
            () -> {
              all.signal(all.two);
              chain.walk();
            });
      }),
  /** A merge takes the pending ones while they complete. */
  MERGE_AND_SIGNAL(
      all -> {
        DmaFence[] merged = new DmaFence[1];
        return all.does(
            () -> {
              merged[0] = FenceUnwrap.merge(List.of(all.chain(), all.array(FenceArray.Mode.ALL)));
              assertThat(merged[0].isSignaled()).isFalse();
              all.signal(all.three);
              assertThat(merged[0].await(Duration.ofDays(40_000))).isTrue();
              all.onTheWay.forEach(fence -> assertThat(fence.isComplete()).isTrue());
            },
            () -> {
              all.onTheWay.add(all.one);
              all.signal(all.one);
              all.onTheWay.add(all.two);
              all.signal(all.two);
            });
      });

  private final Function<Members, Interleavings.Scenario> scenario;

  ContainerPair(Function<Members, Interleavings.Scenario> scenario) {
    this.scenario = scenario;
  }

  @Override
  public Interleavings.Scenario make() {
    return scenario.apply(new Members());
  }

  /** Returns one by its name, as {@link org.dmabuf.seam.PlantedBug} asks for it. */
  public static Interleavings.Maker maker(String name) {
    return valueOf(name);
  }

  /** Three fences of three contexts, and what stands for them. */
  private static final class Members implements Interleavings.Scenario {
    final FenceContexts contexts = new FenceContexts(new ManualClock());
    final FenceContext a = contexts.open("driver", "a");
    final FenceContext b = contexts.open("driver", "b");
    final FenceContext c = contexts.open("driver", "c");
    final DmaFence one = a.create();
    final DmaFence two = b.create();
    final DmaFence three = c.create();
    final List<DmaFence> onTheWay = new ArrayList<>();
    private final List<CallCount> counts = new ArrayList<>();
    private List<Tasks.Body> tasks;
    private DmaFence whole;
    private List<Integer> ends = List.of(1);

    FenceArray array(FenceArray.Mode mode) {
      FenceArray array = FenceArray.of(List.of(one, two), mode);
      whole = array;
      return array;
    }

    /** Of one, two, three; three is the last. */
    FenceChain chain() {
      FenceChain chain = FenceChain.of(FenceChain.of(FenceChain.of(one, 1), two, 2), three, 3);
      whole = chain;
      return chain;
    }

    void signal(DmaFence fence) {
      (fence == one ? a : fence == two ? b : c).signal(fence);
    }

    private void signalAll() {
      signal(two);
      signal(one);
      signal(three);
    }

    Members counted(CallCount count) {
      counts.add(count);
      return this;
    }

    Members endsAs(Integer... statuses) {
      ends = List.of(statuses);
      return this;
    }

    Members does(Tasks.Body first, Tasks.Body second) {
      tasks = List.of(first, second);
      return this;
    }

    Members addsAgainstSignals(DmaFence fence) {
      CallCount count = new CallCount();
      return counted(count).does(() -> count.addTo(fence), this::signalAll);
    }

    Members twoAdd(DmaFence fence) {
      CallCount first = new CallCount(one, two);
      CallCount second = new CallCount(one, two);
      return counted(first)
          .counted(second)
          .does(
              () -> first.addTo(fence),
              () -> {
                second.addTo(fence);
                signalAll();
              });
    }

    Members looksAgainstSignals(DmaFence fence) {
      return does(
          () -> {
            boolean before = fence.isSignaled();
            assertThat(!before || (one.isComplete() && two.isComplete())).isTrue();
            assertThat(!before || fence.isSignaled()).as("stays so").isTrue();
          },
          this::signalAll);
    }

    Members waitsAgainstSignals(DmaFence fence) {
      return does(
          () -> {
            fence.await();
            assertThat(one.isComplete() && two.isComplete()).isTrue();
          },
          this::signalAll);
    }

    /** Whatever has completed: the pending one is found, unless there is none. */
    void walks(FenceChain chain, DmaFence pending) {
      List<DmaFence> met = new ArrayList<>();
      for (Optional<DmaFence> link = chain.walk(); link.isPresent(); link = next(link.get())) {
        met.add(((FenceChain) link.get()).fence());
      }
      assertThat(met).isSubsetOf(two, one).doesNotHaveDuplicates();
      assertThat(met.indexOf(two)).isLessThanOrEqualTo(0);
      if (pending != null) {
        assertThat(met).contains(pending);
      }
    }

    private static Optional<DmaFence> next(DmaFence link) {
      return ((FenceChain) link).walk();
    }

    @Override
    public List<Tasks.Body> tasks() {
      return tasks;
    }

    @Override
    public void check() {
      signalAll();
      if (counts.stream().anyMatch(CallCount::isTaken)) {
        assertThat(whole.isComplete()).as("by itself").isTrue();
      }
      if (whole != null) {
        assertThat(ends).contains(whole.status());
      }
      counts.forEach(CallCount::check);
    }
  }
}
