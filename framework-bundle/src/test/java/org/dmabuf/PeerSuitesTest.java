package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each case of the peer suites about fences, reservations and sync objects has a test here with its
 * name, written as methods are. One that cannot be has the method behind a "=".
 */
class PeerSuitesTest {
  /** As both sides write it: without "test_", hyphens, underscores and capitals. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceFirst("^test", "").replaceAll("[-_]", "");
  }

  private static Stream<String> tests(String type) {
    try {
      return Arrays.stream(Class.forName("org.dmabuf." + type).getDeclaredMethods())
          .filter(
              method ->
                  method.isAnnotationPresent(Test.class)
                      || method.isAnnotationPresent(ParameterizedTest.class))
          .map(method -> plain(method.getName()));
    } catch (ClassNotFoundException missing) {
      throw new AssertionError(missing);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          st-dma-fence | fence.StDmaFenceTest | sanitycheck test_signaling test_add_callback \
          test_late_add_callback test_rm_callback test_late_rm_callback test_status test_error \
          test_wait test_wait_timeout test_stub race_signal_callback
          st-dma-fence-chain | fence.FenceChainTest | sanitycheck find_seqno find_signaled \
          find_out_of_order find_gap find_race signal_forward signal_backward wait_forward \
          wait_backward wait_random
          st-dma-fence-unwrap | fence.FenceUnwrapTest | sanitycheck unwrap_array unwrap_chain \
          unwrap_chain_array unwrap_merge unwrap_merge_duplicate unwrap_merge_seqno \
          unwrap_merge_order unwrap_merge_complex unwrap_merge_complex_seqno
          st-dma-resv | resv.StDmaResvTest | sanitycheck test_excl_signaling=testSignaling \
          test_shared_signaling=testSignaling test_excl_for_each=testForEach \
          test_shared_for_each=testForEach test_excl_for_each_unlocked=testForEachUnlocked \
          test_shared_for_each_unlocked=testForEachUnlocked test_excl_get_fences=testGetFences \
          test_shared_get_fences=testGetFences
          test-ww_mutex | resv.TestWwMutexTest resv.TestWwMutexStressTest | test_mutex test_aa \
          test_abba test_cycle stress_inorder_work stress_reorder_work stress_one_work=stressAll
          selftests/sync | sync.SyncStressTest | test_alloc_timeline test_alloc_fence \
          test_alloc_fence_negative test_fence_one_timeline_wait test_fence_one_timeline_merge \
          test_fence_merge_same_fence test_fence_multi_timeline_wait \
          test_stress_two_threads_shared_timeline \
          test_consumer_stress_multi_producer_single_consumer test_merge_stress_random_merge
          sw_sync | sync.SyncTimelineTest sync.IgtSwSyncTest | alloc_timeline alloc_fence \
          alloc_fence_invalid_timeline timeline_closed timeline_closed_signaled alloc_merge_fence \
          sync_busy sync_busy_fork sync_busy_fork_unixsocket sync_merge_invalid sync_merge \
          sync_merge_same sync_multi_timeline_wait sync_multi_consumer \
          sync_multi_consumer_producer sync_multi_producer_single_consumer sync_expired_merge \
          sync_random_merge
          dmabuf_sync_file | SyncFileExportTest | export-basic export-before-signal \
          export-multiwait export-wait-after-attach import-basic \
          import-multiple-read-only=importMultiple import-multiple-read-write=importMultiple
          syncobj_basic | sync.SyncObjBasicTest | bad-destroy bad-create-flags bad-handle-to-fd \
          bad-fd-to-handle bad-flags-handle-to-fd bad-flags-fd-to-handle bad-pad-handle-to-fd \
          bad-pad-fd-to-handle illegal-fd-to-handle bad-destroy-pad create-signaled \
          test-valid-cycle
          syncobj_wait | sync.SyncObjInvalidTest sync.SyncObjWaitTest sync.SyncObjLongWaitTest \
          sync.SyncObjComplexWaitTest | invalid-wait-bad-flags wait-zero-handles \
          invalid-wait-illegal-handle invalid-reset-zero-handles invalid-reset-illegal-handle \
          invalid-reset-one-illegal-handle invalid-reset-bad-pad invalid-signal-zero-handles \
          invalid-signal-illegal-handle invalid-signal-one-illegal-handle invalid-signal-bad-pad \
          single-wait wait-delayed-signal wait-for-submit-delayed-submit wait-all-delayed-signal \
          wait-all-for-submit-delayed-submit reset-unsignaled reset-signaled \
          reset-multiple-signaled reset-during-wait-for-submit signal multi-wait \
          wait-any-snapshot wait-all-snapshot wait-for-submit-snapshot \
          wait-all-for-submit-snapshot wait-any-complex wait-all-complex wait-for-submit-complex \
          wait-all-for-submit-complex wait-any-interrupted wait-all-interrupted
          syncobj_timeline | sync.SyncObjInvalidTest sync.SyncObjWaitTest \
          sync.SyncObjLongWaitTest sync.SyncObjComplexWaitTest sync.SyncObjTimelineTest | \
          invalid-wait-bad-flags wait-zero-handles invalid-wait-illegal-handle \
          invalid-query-zero-handles invalid-query-illegal-handle \
          invalid-query-one-illegal-handle invalid-query-bad-pad invalid-signal-zero-handles \
          invalid-signal-illegal-handle invalid-signal-illegal-point \
          invalid-signal-one-illegal-handle invalid-signal-bad-pad signal-array \
          invalid-transfer-illegal-handle invalid-transfer-bad-pad \
          invalid-transfer-non-existent-point transfer-timeline-point single-wait \
          wait-delayed-signal wait-for-submit-delayed-submit wait-all-delayed-signal \
          wait-all-for-submit-delayed-submit reset-unsignaled reset-signaled \
          reset-multiple-signaled reset-during-wait-for-submit signal signal-point-0 multi-wait \
          wait-any-snapshot wait-all-snapshot wait-for-submit-snapshot \
          wait-all-for-submit-snapshot wait-any-complex wait-all-complex \
          wait-for-submit-complex wait-all-for-submit-complex wait-any-interrupted \
          wait-all-interrupted host-signal-points device-signal-unordered \
          device-submit-unordered host-signal-ordered 32bits-limit=limit_of_32_bits
          """)
  void everyCaseHasATestWithItsName(String suite, String types, String cases) {
    Set<String> tests =
        Arrays.stream(types.split(" +")).flatMap(PeerSuitesTest::tests).collect(Collectors.toSet());
    assertThat(cases.split(" +"))
        .as(suite)
        .isNotEmpty()
        .allSatisfy(
            name -> assertThat(tests).contains(plain(name.substring(name.indexOf('=') + 1))));
  }
}
