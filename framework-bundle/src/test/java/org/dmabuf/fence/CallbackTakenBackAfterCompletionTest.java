package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A callback that ran first could take one back that had not run yet, although the fence had
 * completed: remove said true for a completed fence, and who relied on being told was not.
 */
class CallbackTakenBackAfterCompletionTest {
  @RegisterExtension final Framework framework = new Framework();

  @Test
  @Row("S4")
  void removeIsFalseOnceTheStateHasChanged() {
    List<String> calls = new ArrayList<>();
    try (FenceContext context = framework.contexts().open("driver", "line")) {
      DmaFence fence = context.create();
      FenceCallback second = new FenceCallback(done -> calls.add("second"), closed -> {});
      fence.addCallback(
          new FenceCallback(
              done -> calls.add("removed " + done.removeCallback(second)), closed -> {}));
      fence.addCallback(second);
      context.signal(fence);
    }
    assertThat(calls).containsExactly("removed false", "second");
  }
}
