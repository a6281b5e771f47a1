package org.dmabuf.benchmarks.product;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is measured of one shot beside its time; each field is a figure by its name. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Beside {
  /** What the calling thread has allocated. */
  public double bytes;

  /** The longest time without a frame around the shot. */
  public double pauseMillis;

  /** The time between two frames. */
  public double frameMillis;

  /** Takes a shot. */
  void of(Callable<?> shot) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    shot.call();
    bytes = threads.getCurrentThreadAllocatedBytes() - before;
  }
}
