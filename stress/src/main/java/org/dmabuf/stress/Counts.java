package org.dmabuf.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.dmabuf.RefCount;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Reference counts. */
public class Counts {
  Counts() {}

  /** One of two is the last, and sees what the other one did before. */
  @JCStressTest
  @Outcome(
      id = {"2, 0", "0, 2"},
      expect = ACCEPTABLE,
      desc = "One released, and saw both")
  @Outcome(expect = FORBIDDEN, desc = "Both or neither released, or did not see the other's work")
  @State
  public static class LastPutSeesAll {
    private final RefCount count = new RefCount();
    private int mine;
    private int yours;

    public LastPutSeesAll() {
      count.tryGet("a test");
    }

    @Actor
    public void put(II_Result result) {
      mine = 1;
      result.r1 = count.put() == RefCount.Put.LAST ? mine + yours : 0;
    }

    @Actor
    public void putToo(II_Result result) {
      yours = 1;
      result.r2 = count.put() == RefCount.Put.LAST ? mine + yours : 0;
    }
  }

  /** A get comes in time, or never. */
  @JCStressTest
  @Outcome(
      id = {"1, 0, 0", "0, 2, 0", "1, 1, 0"},
      expect = ACCEPTABLE,
      desc = "Once")
  @Outcome(expect = FORBIDDEN, desc = "Released twice, never, or alive again")
  @State
  public static class GetAgainstLastPut {
    private final RefCount count = new RefCount();

    @Actor
    public void put(III_Result result) {
      result.r1 = count.put() == RefCount.Put.LAST ? 1 : 0;
    }

    @Actor
    public void get(III_Result result) {
      if (count.tryGet("a test")) {
        result.r2 = count.put() == RefCount.Put.LAST ? 2 : 1;
      }
    }

    @Arbiter
    public void after(III_Result result) {
      result.r3 = count.isLive() ? 1 : 0;
    }
  }
}
